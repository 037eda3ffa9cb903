// The semaphore as its scripts decide it (lua/semaphore), for the exhaustive model (semaphore.pml): a function for each
// script, named like it, over a state that is small enough for all states to be looked at.
//
// A step of time is a second, and what stands in Redis as a time is kept as what is left of it: 3 ends in three seconds,
// -1 ended a second ago. So a state is the same whenever it is reached, and time has no end. What is further off than FAR
// counts as FAR: all rules are about less. A ticket is its rank among those that are known.
//
// Left out is what decides nothing (counters, the estimate of a wait), and weights above 1, names of slots, bars, and
// data that come back older: those are played by the random model (tests/model).
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 3, FAR = 12, NOBODY = -1, NOTHING = 99, SILENCES = 4 };
enum { SPARE = 2, WAITER_SILENCE = 3, KEPT = 10, CONFIRM = 3, CONFIRM_LEAST = 1, LEAST_SETTLING = 5, PATIENCE = 3 };
enum { ANOTHER_LIFE = 1, YOUNG = 2, SPARED = 3 };
enum { YOUTH_OUTLASTED = 2 };
enum { OUT, WAITS, RUNS, RETURNS, DEAD };                          // what a caller does
enum { REFUSED = -9, SUPERSEDED = -3, BARRED = -1, NO = 0, HOLDS = 1, NOT_YET = 2 };  // what acquire answers

typedef struct {
    // What stands in Redis of an id: the lists, and the record.
    signed char ends, alive, keep;
    bool held, queued, record, fenced, given_up, taken, spoken;
    // Its ticket, and what the last ticket of all says of it: from before this life, a reset, one that supersedes.
    signed char ticket;
    bool older, is_void, outdated;
    // The caller itself. `shows` its fence; is `due` to ask then; is to be woken. `robbed`: a reset or
    // a newer caller took its slot, and it has not been told, even if the data that say so are lost.
    signed char does, due, lease_left, hold_left, stopped, starves;
    bool shows, woken, troubled, robbed;
} Caller;

typedef struct {
    Caller of[MOST];
    // P. `next` is NOTHING where nothing is listed. `from` and `till` are ages.
    bool there, stepped;
    signed char settled, quiet, settle, rule, born, unheard, longest, next, limit, most;
    signed char from[SILENCES], till[SILENCES], silences;
    // The server. `another`: its process has not written P. `stands`: its clock is behind, until a script notices.
    bool another, loud, stands, jumped;  // `jumped`: more may hold than the capacity, as promised
    signed char age, down;
} Semaphore;

// What one script finds out.
static int spared, spared_till, answer, rule_in_the_way;
static const char* broken;  // a promise that did not hold

// The configuration. FAULT: a rule that is wrong on purpose.
static int CALLERS, CAPACITY, MIN_HOLD, FAULT, leases[MOST];

static int setting(const char* name)
{
    const char* value = getenv(name);
    return value ? atoi(value) : 0;
}

static void configure(void)
{
    CALLERS = setting("CALLERS");
    CAPACITY = setting("CAPACITY");
    MIN_HOLD = setting("MIN_HOLD");
    FAULT = setting("FAULT");
    sscanf(getenv("LEASES"), "%d,%d,%d", &leases[0], &leases[1], &leases[2]);
}

static int later(int a, int b) { return a > b ? a : b; }
static int sooner(int a, int b) { return a < b ? a : b; }
static int far(int age) { return sooner(age, FAR); }
static int beat(int i) { return leases[i] / 3; }
static int settling_for(int lease) { return later(LEAST_SETTLING, (2 * lease + lease + 5) / 6 + 2); }
static void check(bool good, const char* what)
{
    if (!good && !broken)
        printf("! %s\n", broken = what);
}

static int count_holders(const Semaphore* s)
{
    int used = 0;
    for (int i = 0; i < CALLERS; i++)
        used += s->of[i].held;
    return used;
}

// common_away.lua

static void begin_life(Semaphore* s, int waited_by)
{
    const bool some_are_not_listed = waited_by == ANOTHER_LIFE && s->unheard < 0;
    for (int i = 0; i < CALLERS; i++) {
        s->of[i].older = s->of[i].ticket > 0;
        s->of[i].spoken = false;
        if (!s->there)
            s->of[i].is_void = s->of[i].outdated = false;
    }
    if (!s->there) {
        s->next = s->longest = s->limit = 0;
        s->stepped = false;
    }
    const int used = count_holders(s);
    s->born = s->silences = 0;
    s->another = false;
    s->there = true;
    s->unheard = used > 0 && !some_are_not_listed ? used : -1;
    s->settled = waited_by == ANOTHER_LIFE;
    const int youth = waited_by == YOUNG ? SPARE : used == 0 && FAULT != 1 ? later(0, SPARE - s->age) : 0;
    s->settle = s->settled ? settling_for(s->longest) : youth;
    s->rule = s->settled ? ANOTHER_LIFE : s->settle > 0 ? YOUNG : 0;
}

static void note_silence(Semaphore* s)
{
    if (!s->there || s->quiet == 0 || s->next == NOTHING || s->next > SPARE)
        return;
    int from = s->quiet, noted = 0;
    for (int k = 0; k < s->silences; k++)
        if (s->till[k] - s->quiet < SPARE && s->quiet > SPARE) {
            from = later(from, s->from[k]);
        } else if (s->till[k] < SPARE + (s->stepped ? FAR - SPARE : 0)) {
            s->from[noted] = s->from[k];
            s->till[noted++] = s->till[k];
        }
    if (noted == SILENCES) {  // those that matter are no more (common_away.lua drops the shortest of eight)
        memmove(s->from, s->from + 1, SILENCES - 1);
        memmove(s->till, s->till + 1, SILENCES - 1);
        noted--;
    }
    s->from[noted] = from;
    s->till[noted] = 0;
    s->silences = noted + 1;
}

static void outlast(Semaphore* s)
{
    if (-s->quiet >= s->settle || s->quiet <= WAITER_SILENCE || SPARE <= s->settle)
        return;
    if (s->rule == ANOTHER_LIFE) {
        s->rule = s->settle > 0 ? ANOTHER_LIFE : YOUNG;
        s->settle = SPARE;
    } else if (s->rule == YOUNG && s->settled == 0) {
        s->settled = YOUTH_OUTLASTED;
        s->settle = SPARE;
    }
}

static void settle(Semaphore* s, int i, bool shown)
{
    const bool knows_more = shown && s->of[i].older;
    const bool settles = s->rule == ANOTHER_LIFE && s->settle > 0;
    if ((knows_more || s->unheard > 0) && (s->settled != 1 || settles) && FAULT != 2) {
        const int till = settling_for(s->longest) - s->born;
        if (till > 0) {
            s->settle = till;
            s->rule = ANOTHER_LIFE;
            s->settled = 1;
        }
    }
    if (settles && s->unheard == 0 && s->born >= SPARE)
        s->settle = 0;
}

static void hear(Semaphore* s, int i, bool shown, int lease)
{
    const int waited_by = s->there && -s->quiet < s->settle ? s->rule : 0;
    note_silence(s);
    outlast(s);
    if (!s->there || (s->another && s->quiet > 0))
        begin_life(s, waited_by);
    if (shown && s->of[i].older)
        s->longest = later(s->longest, lease);
    settle(s, i, shown);
    if (s->settle <= 0)
        s->longest = later(s->longest, lease);
}

static void has_spoken(Semaphore* s, Caller* r)
{
    if (s->unheard > 0 && !r->spoken)
        s->unheard--;
    r->spoken = r->taken = true;
}

// For how long from now on what ended is spared, by a silence longer than `span`.
static int spared_until(const Semaphore* s, int end, int span, int its_beat)
{
    int till = 0;
    for (int k = 0; k < s->silences; k++)
        if (end > -s->from[k] && s->from[k] - s->till[k] > span && FAULT != 3)
            till = later(till, SPARE + (s->stepped ? its_beat : 0) - s->till[k]);
    return till;
}

// common_state.lua

static void list(Semaphore* s, int end) { s->next = sooner(s->next, end); }

static void forget(Caller* r)
{
    r->record = r->fenced = r->given_up = r->taken = r->spoken = false;
    r->keep = 0;
}

static void remove_holder(Semaphore* s, Caller* r)
{
    if (!r->held)
        return;
    if (s->unheard > 0 && !r->spoken)
        s->unheard--;
    r->held = false;
    r->ends = 0;
}

static void leave_queue(Caller* r)
{
    r->queued = false;
    r->alive = 0;
}

static void drop_ended(Semaphore* s, int asker)
{
    if (s->next > 0 || s->settle > 0)
        return;
    for (int i = 0; i < CALLERS; i++) {
        Caller* r = &s->of[i];
        if (!r->held || r->ends > 0)
            continue;
        const int till = r->given_up ? 0
                         : r->taken  ? spared_until(s, r->ends, beat(i), beat(i))
                                     : spared_until(s, r->ends, WAITER_SILENCE, 0);
        if (till > 0) {
            spared++;
            spared_till = later(spared_till, till);
        } else {
            remove_holder(s, r);
            forget(r);
        }
    }
    for (int i = 0; i < CALLERS; i++) {
        Caller* r = &s->of[i];
        if (r->queued && r->alive <= 0 && i != asker && spared_until(s, r->alive, WAITER_SILENCE, 0) <= 0) {
            leave_queue(r);
            forget(r);
        }
    }
    s->next = NOTHING;
    for (int i = 0; i < CALLERS; i++) {
        if (s->of[i].held)
            list(s, s->of[i].ends);
        if (s->of[i].queued)
            list(s, s->of[i].alive);
    }
}

static int rank(const Caller* r) { return r->fenced ? 0 : r->ticket; }

static int first_waiter(const Semaphore* s, int asker)
{
    int first = NOBODY;
    for (int i = 0; i < CALLERS; i++)
        if ((s->of[i].queued || i == asker) && (first == NOBODY || rank(&s->of[i]) < rank(&s->of[first])))
            first = i;
    return first;
}

static int room_for(const Semaphore* s, const Caller* r)
{
    if (r->fenced)
        return CAPACITY;
    if (s->settle > 0 && FAULT != 4)
        return 0;
    return s->limit > 0 ? sooner(s->most, CAPACITY) : CAPACITY;
}

static int grace(const Caller* r)
{
    return r->fenced ? later(CONFIRM_LEAST, r->alive) : later(CONFIRM_LEAST, sooner(CONFIRM, r->alive - KEPT + CONFIRM));
}

// The promise about the order: no live waiter is passed by one that came later.
static void check_order(const Semaphore* s, int i)
{
    for (int k = 0; k < CALLERS; k++) {
        const Caller* other = &s->of[k];
        const bool waits = other->does == WAITS && other->ticket > 0 && !other->troubled && !other->held;
        check(s->of[i].fenced || k == i || !waits || other->is_void || other->outdated || other->older ||
                  other->ticket > s->of[i].ticket,
              "a live waiter was passed by one that came later");
    }
}

static void let_in(Semaphore* s, int i, bool is_asker)
{
    Caller* r = &s->of[i];
    check_order(s, i);
    r->ends = is_asker ? later(leases[i], r->keep) : sooner(grace(r), leases[i]);
    r->taken = r->spoken = is_asker;
    r->woken = r->woken || !is_asker;
    r->fenced = r->held = true;
    leave_queue(r);
    list(s, r->ends);
}

// Whether the asker, NOBODY for none, was granted a slot.
static bool promote(Semaphore* s, int asker)
{
    bool granted = false;
    drop_ended(s, asker);
    for (;;) {
        const int i = first_waiter(s, granted ? NOBODY : asker);
        if (i == NOBODY)
            return granted;
        Caller* r = &s->of[i];
        if (i != asker && r->outdated && !r->fenced) {
            leave_queue(r);
            forget(r);
            r->woken = true;
        } else if (count_holders(s) + 1 > room_for(s, r)) {
            return granted;
        } else {
            let_in(s, i, i == asker);
            granted = granted || i == asker;
        }
    }
}

static void give_up(Semaphore* s, int i, int keep)
{
    Caller* r = &s->of[i];
    const bool kept = keep > 0 && r->held;
    leave_queue(r);
    if (kept) {
        r->ends = keep;
        r->given_up = true;
        list(s, keep);
    } else {
        remove_holder(s, r);
        forget(r);
    }
}

static void open_state(Semaphore* s)
{
    spared = spared_till = 0;
    s->stepped = s->stepped || s->stands;
}

static void close_state(Semaphore* s)
{
    s->quiet = 0;
    s->stands = false;
    if (s->settle <= 0)
        s->settle = s->rule = 0;
    for (int k = s->silences; k < SILENCES; k++)
        s->from[k] = s->till[k] = 0;
}

static void new_ticket(Semaphore* s, int i)
{
    int last = 0;
    for (int k = 0; k < CALLERS; k++)
        last = k == i ? last : later(last, s->of[k].ticket);
    s->of[i].ticket = last + 1;
    s->of[i].older = s->of[i].is_void = s->of[i].outdated = false;
}

// The scripts.

static bool is_barred(const Caller* r)
{
    return r->given_up || (r->is_void && r->shows);
}

static void acquire(Semaphore* s, int i, bool wait, bool supersede)
{
    Caller* r = &s->of[i];
    open_state(s);
    const bool barred = is_barred(r);
    const bool outdated = !barred && !r->shows && r->outdated && (!r->held || (r->record && !r->taken && r->is_void));
    const bool is_new = !r->record;
    bool held = r->held;
    hear(s, i, !barred && !r->is_void && r->ticket > 0, leases[i]);
    rule_in_the_way = 0;
    if (barred) {
        answer = r->is_void && r->outdated ? SUPERSEDED : BARRED;
    } else if (outdated) {
        give_up(s, i, 0);
        promote(s, NOBODY);
        answer = SUPERSEDED;
    } else {
        if (r->ticket == 0 || r->is_void)
            new_ticket(s, i);
        r->record = true;
        r->fenced = r->fenced || r->shows;
        r->keep = r->hold_left;
        for (int k = 0; supersede && k < CALLERS; k++)
            if (k != i && s->of[k].ticket > 0)
                s->of[k].outdated = s->of[k].is_void = s->of[k].robbed = true;
        if (held) {
            if (!is_new)
                has_spoken(s, r);
            r->ends = later(leases[i], r->keep);
            list(s, r->ends);
            promote(s, NOBODY);
        } else {
            held = promote(s, i);
        }
        const int till = s->settle > 0 ? s->settle : spared_till;
        rule_in_the_way = s->settle > 0 ? s->rule : spared_till > 0 ? SPARED : 0;
        int place = 1, listed = 0;
        for (int k = 0; k < CALLERS; k++)
            place += k != i && s->of[k].queued && rank(&s->of[k]) < rank(r);
        const bool not_yet = rule_in_the_way == YOUNG || (rule_in_the_way == SPARED && place <= spared && till <= SPARE);
        answer = held ? HOLDS : wait ? NO : not_yet ? NOT_YET : REFUSED;
        if (answer == NO || answer == NOT_YET) {
            r->queued = true;
            r->alive = later(KEPT, r->fenced ? leases[i] : 0);
            list(s, r->alive);
        }
        for (int k = 0; k < CALLERS; k++)
            listed += s->of[k].held || s->of[k].queued;
        if (listed == 1 && rule_in_the_way == 0 && answer != REFUSED)
            s->longest = leases[i];
        if (answer == REFUSED) {
            r->does = OUT;
            give_up(s, i, 0);
            promote(s, NOBODY);
        }
    }
    close_state(s);
}

static void renew(Semaphore* s, int i)
{
    Caller* r = &s->of[i];
    answer = 0;
    if (!s->there)
        return;
    open_state(s);
    const bool barred = r->given_up || r->is_void;
    hear(s, i, !barred, leases[i]);
    answer = barred ? BARRED : 0;
    if (!barred && r->record && r->held) {
        bool queued = false;
        if (s->unheard > 0) {
            has_spoken(s, r);
            settle(s, i, true);
        }
        r->ends = later(leases[i], r->keep);
        list(s, r->ends);
        for (int k = 0; k < CALLERS; k++)
            queued = queued || s->of[k].queued;
        if (!queued && s->settle <= 0) {
            s->next = NOTHING;
            for (int k = 0; k < CALLERS; k++)
                if (s->of[k].held)
                    list(s, s->of[k].ends);
        }
        answer = HOLDS;
    }
    close_state(s);
}

static void release(Semaphore* s, int i, int keep)
{
    Caller* r = &s->of[i];
    open_state(s);
    answer = keep;
    const bool barred = r->given_up;
    hear(s, i, !barred && r->ticket > 0, 0);
    if (!barred) {
        give_up(s, i, keep);
        if (FAULT != 5)
            promote(s, NOBODY);
    }
    close_state(s);
}

static void reset(Semaphore* s)
{
    for (int i = 0; i < CALLERS; i++) {
        Caller* r = &s->of[i];
        r->woken = r->woken || r->queued;
        leave_queue(r);
        r->held = false;
        r->ends = 0;
        forget(r);
        r->is_void = r->robbed = r->ticket > 0;
    }
    open_state(s);
    s->next = NOTHING;
    s->settle = s->rule = s->silences = 0;
    s->unheard = -1;
    s->there = true;
    close_state(s);
}

// A limit for so long; one of 0 is a pause.
static void order(Semaphore* s, int most, int span)
{
    open_state(s);
    hear(s, 0, false, 0);
    s->most = most;
    s->limit = span;
    promote(s, NOBODY);
    close_state(s);
}
