// One line a step, for who reads a trace or replays it on the real scripts (replay.py): the step and its answer, and what
// stands in Redis after it. TELL: so many steps, then the end. WALK: no state comes twice.

static int walks = -1, most_told, told_so_far;

static void tell(const Semaphore* s, int verb, int i, int span)
{
    static const char* const verbs[] = {"acquire", "try", "supersede", "renew", "release", "hint", "die", "stop", "hang", "crash", "lose", "reset",
                                        "limit", "back", "ahead", "second"};
    if (walks < 0) {
        walks = setting("WALK");
        most_told = setting("TELL");
    }
    if (most_told == 0)
        return;
    printf("@ %s %d %d %d %d |", verbs[verb], i, span, answer, gave_back);
    for (int k = 0; k < CALLERS; k++)
        printf(" %s %d %d", s->of[k].held ? "holds" : s->of[k].queued ? "waits" : "-", s->of[k].ends, rank(&s->of[k]));
    printf(" | %d %d %d | %d\n", s->down == 0 ? later(0, s->settle) : 0, s->settle > 0 ? s->rule : 0, s->down, is_far(s));
    gave_back = false;
    if (++told_so_far == most_told)
        exit(0);
}
