// The callers, the server and time around the scripts (scripts.h): what tests/model/callers.py does, in whole seconds.

static void leave(Caller* c)
{
    c->does = OUT;
    c->ticket = c->due = c->lease_left = c->hold_left = c->stopped = c->starves = 0;
    c->older = c->is_void = c->outdated = c->shows = c->woken = c->troubled = c->robbed = false;
}

static bool gave_back;  // the last step asked and then released too

static void stop(Semaphore* s, int i)
{
    release(s, i, 0);
    leave(&s->of[i]);
    gave_back = true;
}

// A slot is given on in the script that frees it.
static void check_nobody_waits_for_nothing(const Semaphore* s)
{
    const int i = first_waiter(s, NOBODY);
    check(i == NOBODY || count_holders(s) + 1 > room_for(s, &s->of[i]), "the first waits although there is room for it");
}

static void hold(Caller* c, int i)
{
    c->does = RUNS;
    c->shows = true;
    c->lease_left = leases[i];
    c->due = beat(i);
    c->starves = 0;
    c->troubled = c->robbed = false;
}

static void ask(Semaphore* s, int i, bool wait, bool supersede)
{
    Caller* c = &s->of[i];
    gave_back = false;
    if (c->does == OUT) {
        c->does = WAITS;
        c->hold_left = MIN_HOLD;
    }
    const bool barred = is_barred(c);
    acquire(s, i, wait, supersede);
    const int told = answer;
    if (!barred)  // which is answered without a look at the others
        check_nobody_waits_for_nothing(s);
    c->woken = false;
    if (told == HOLDS) {
        hold(c, i);
    } else if (told == NO || told == NOT_YET) {
        c->due = 1;
        c->troubled = c->troubled && c->does != WAITS;
        if (c->does == RETURNS && c->lease_left == 0 && rule_in_the_way != ANOTHER_LIFE) {
            check(c->troubled || c->robbed || s->jumped, "a holder without trouble of its own lost its lease");
            stop(s, i);
        }
    } else {
        const bool held = c->does == RUNS || c->does == RETURNS;
        check(!held || c->is_void || c->outdated, "a holder was barred");
        if (held)
            stop(s, i);
        leave(c);
    }
    answer = told;
}

static void beat_again(Semaphore* s, int i)
{
    Caller* c = &s->of[i];
    renew(s, i);
    if (answer == HOLDS) {
        hold(c, i);
    } else {
        c->does = RETURNS;
        c->due = 0;
    }
}

static void end(Semaphore* s, int i)
{
    const int keep = s->of[i].does == WAITS ? 0 : s->of[i].hold_left;
    s->of[i].does = OUT;
    release(s, i, keep);
    check_nobody_waits_for_nothing(s);
    const int told = answer;
    leave(&s->of[i]);
    answer = told;
}

static bool is_known(const Caller* c) { return c->record || c->held || c->queued; }

// What stands in Redis of it stays, and its ticket with that.
static void die(Semaphore* s, int i)
{
    const Caller was = s->of[i];
    leave(&s->of[i]);
    if (!is_known(&was))
        return;
    s->of[i].does = DEAD;
    s->of[i].ticket = was.ticket;
    s->of[i].older = was.older;
    s->of[i].is_void = was.is_void;
    s->of[i].outdated = was.outdated;
}

static bool must_ask(const Semaphore* s, int i)
{
    const Caller* c = &s->of[i];
    return s->down == 0 && c->stopped == 0 && c->does != OUT && c->does != DEAD && c->due <= 0;
}

static bool somebody_must_ask(const Semaphore* s)
{
    for (int i = 0; i < CALLERS; i++)
        if (must_ask(s, i))
            return true;
    return false;
}

// Whether a caller may come in the place of one that has gone.
static bool may_come(const Semaphore* s, int i)
{
    return i < CALLERS && s->down == 0 && s->of[i].does == OUT && !is_known(&s->of[i]);
}

static bool may_ask(const Semaphore* s, int i)
{
    const Caller* c = &s->of[i];
    return must_ask(s, i) ? c->does != RUNS : s->down == 0 && c->stopped == 0 && c->does == WAITS && c->woken;
}

static bool must_renew(const Semaphore* s, int i) { return must_ask(s, i) && s->of[i].does == RUNS; }

static bool may_end(const Semaphore* s, int i)
{
    const Caller* c = &s->of[i];
    return s->down == 0 && c->stopped == 0 && c->does != OUT && c->does != DEAD;
}

static void stand_still(Semaphore* s, int i, int span)
{
    s->of[i].stopped = span;
    s->of[i].troubled = true;
}

static bool lives(const Semaphore* s, int i) { return s->of[i].does != OUT && s->of[i].does != DEAD; }

static void lose_data(Semaphore* s)
{
    for (int i = 0; i < CALLERS; i++) {
        leave_queue(&s->of[i]);
        s->of[i].held = s->of[i].is_void = s->of[i].outdated = false;
        s->of[i].ends = 0;
        forget(&s->of[i]);
    }
    s->there = s->stepped = s->stands = false;
    s->settled = s->quiet = s->settle = s->rule = s->born = s->longest = s->limit = s->silences = 0;
    s->next = NOTHING;
    s->most = CAPACITY;
    s->unheard = -1;
    s->age = -s->down;  // it starts when it is up again
    s->another = true;
    memset(s->from, 0, SILENCES);
    memset(s->till, 0, SILENCES);
}

// `loud`: the connections break with the server; else each caller notices by the silence, a second late.
static void go_down(Semaphore* s, int span, bool loud)
{
    s->down = span;
    s->loud = loud;
    for (int i = 0; i < CALLERS && !loud; i++)
        if (s->of[i].does != OUT && s->of[i].does != DEAD)
            s->of[i].due++;
}

// A server without data is closed for two seconds, where none of those who used it comes first. A holder that notices
// later may meet one too many, as limiters(7) says.
static void excuse_late(Semaphore* s)
{
    for (int i = 0; i < CALLERS; i++)
        s->jumped = s->jumped || (!s->loud && s->of[i].does == RUNS && s->of[i].due - s->down >= SPARE);
}

// Another server goes on, of the same age, as after a failover.
static void be_another(Semaphore* s) { s->another = true; }

static int less(int left, int span) { return later(left - span, 1 - FAR); }

// Whether something is further off than can be told: what is decided by it need not be what the scripts decide.
static bool is_far(const Semaphore* s)
{
    bool far_off = s->there && s->quiet == FAR;
    for (int k = 0; k < s->silences; k++)
        far_off = far_off || s->from[k] == FAR;
    return far_off;
}

// Time passes on the limiter's clock.
static void pass(Semaphore* s, int span)
{
    if (!s->there)
        return;
    s->born = far(s->born + span);
    if (s->rule != 0)
        s->settle = less(s->settle, span);
    if (s->next != NOTHING)
        s->next = less(s->next, span);
    s->limit = later(0, s->limit - span);
    if (s->limit == 0)
        s->most = CAPACITY;
    for (int i = 0; i < CALLERS; i++) {
        Caller* r = &s->of[i];
        r->ends = r->held ? less(r->ends, span) : 0;
        r->alive = r->queued ? less(r->alive, span) : 0;
        r->keep = later(0, r->keep - span);
    }
    for (int k = 0; k < s->silences; k++) {
        s->from[k] = far(s->from[k] + span);
        s->till[k] = far(s->till[k] + span);
    }
    s->quiet = far(s->quiet + span);
}

// The server's clock is set ahead. It only comes nearer to the limiter's where it had been set back.
static void go_ahead(Semaphore* s, int span)
{
    if (!s->stands)
        pass(s, span);
    s->jumped = true;
}

// A slot that is free, also by a lease that has ended, reaches the first live waiter soon, whatever becomes of others.
// Another life alone closes a limiter for longer, and an operator.
static void check_promptness(Semaphore* s)
{
    int used = 0, first = NOBODY;
    for (int i = 0; i < CALLERS; i++) {
        const Caller* c = &s->of[i];
        used += c->held && c->ends > 0;
        if (c->does == WAITS && c->ticket > 0 && (first == NOBODY || c->ticket < s->of[first].ticket))
            first = i;
    }
    const bool closed = s->down > 0 || s->limit > 0 || (s->rule == ANOTHER_LIFE && s->settle > 0) || s->stands;
    for (int i = 0; i < CALLERS; i++) {
        const bool starves = i == first && used < CAPACITY && !closed && !s->of[i].troubled && !s->jumped;
        s->of[i].starves = starves ? s->of[i].starves + 1 : 0;
        check(s->of[i].starves <= PATIENCE, "a free slot did not reach the first live waiter");
    }
}

static void second(Semaphore* s)
{
    check_promptness(s);
    for (int i = 0; i < CALLERS; i++) {
        Caller* c = &s->of[i];
        if (c->does != OUT && c->does != DEAD && c->stopped == 0 && c->due > 0)
            c->due--;
        c->stopped = later(0, c->stopped - 1);
        c->lease_left = later(0, c->lease_left - 1);
        if (c->does != WAITS)
            c->hold_left = later(0, c->hold_left - 1);
    }
    s->age = far(s->age + 1);
    if (s->down > 0 && --s->down == 0 && s->loud) {
        s->loud = false;
        for (int i = 0; i < CALLERS; i++)
            s->of[i].due = 0;
    }
    if (!s->stands)
        pass(s, 1);
}

// Ranks without gaps, and no dead caller of whom nothing stands in Redis: so that a state is not counted twice.
static void tidy(Semaphore* s)
{
    for (int i = 0; i < CALLERS; i++)
        if (s->of[i].does == DEAD && !is_known(&s->of[i]))
            leave(&s->of[i]);
    for (int next = 1; next <= CALLERS; next++) {
        int least = NOBODY;
        for (int i = 0; i < CALLERS; i++)
            if (s->of[i].ticket >= next && (least == NOBODY || s->of[i].ticket < s->of[least].ticket))
                least = i;
        if (least != NOBODY)
            s->of[least].ticket = next;
    }
}

static void check_all(Semaphore* s)
{
    int running = 0;
    for (int i = 0; i < CALLERS; i++) {
        const Caller* c = &s->of[i];
        running += (c->does == RUNS || c->does == RETURNS) && c->lease_left > 0 && !c->is_void && !c->robbed;
        check(!(c->held && c->queued), "an id holds and waits");
    }
    check(running <= CAPACITY * (s->jumped ? 2 : 1), "more leases are valid than the capacity allows");
    check(count_holders(s) <= CAPACITY, "more are listed than the capacity allows");
    tidy(s);
}

static void begin(Semaphore* s)
{
    configure();
    s->next = NOTHING;
    s->most = CAPACITY;
    s->unheard = -1;
    s->age = FAR;
}
