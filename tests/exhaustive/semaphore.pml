/* Everything that some callers, their server and some trouble can do, in every order. What a step does is said in scripts.h
 * (one function for each script) and in callers.h; this file says which steps there are, and how often some may happen.
 * The numbers are a configuration of states.py, in the environment: so it is built once for all of them. */
c_decl {
\#include "scripts.h"
\#include "callers.h"
\#include "tell.h"
}
c_state "Semaphore s" "Global"

/* The steps, in the order of tell.h. */
#define ACQUIRE 0
#define TRY 1
#define SUPERSEDE 2
#define RENEW 3
#define RELEASE 4
#define HINT 5
#define DIE 6
#define STOP 7
#define HANG 8
#define CRASH 9
#define LOSE 10
#define RESET 11
#define LIMIT 12
#define BACK 13
#define AHEAD 14
#define SECOND 15

/* How often each of these may still happen. */
byte deaths, stops, hangs, crashes, losses, resets, steps_back,
    steps_ahead, orders, supersedes, tries, lost_hints;
short steps;            /* of a walk, in which no state may come twice: a trace never goes back */
byte i, d, verb;        /* which caller; for how long; which step; 0 between steps */

inline told(what) {
    verb = what;
    c_code { check_all(&now.s); tell(&now.s, now.verb, now.i, now.d); };
    assert(c_expr { !broken });
    c_code { now.steps += walks; };
    verb = 0;
    i = 0;
    d = 0
}

inline a_while() {
    if
    :: d = 1
    :: d = 4
    fi
}

inline breaks() {       /* the connections of the callers, with the server; or they notice by the silence */
    if
    :: c_code { go_down(&now.s, now.d, true); }
    :: c_code { go_down(&now.s, now.d, false); }
    fi
}

/* A blank stands before each '(' of a condition, because spin takes a call without one for a change of the state. */
#define UP c_expr { now.s.down == 0 }
#define THERE c_expr { now.s.down == 0 && now.s.there }

/* What one caller can do, and what can befall it. */
#define WHAT_CAN_DO(k) \
    :: atomic { c_expr { may_come (&now.s, k) } -> i = k; c_code { ask(&now.s, now.i, true, false); }; told(ACQUIRE) } \
    :: atomic { tries > 0 && c_expr { may_come (&now.s, k) } -> i = k; tries--; c_code { ask(&now.s, now.i, false, false); }; told(TRY) } \
    :: atomic { supersedes > 0 && c_expr { may_come (&now.s, k) } -> i = k; supersedes--; c_code { ask(&now.s, now.i, true, true); }; told(SUPERSEDE) } \
    :: atomic { c_expr { may_ask (&now.s, k) } -> i = k; c_code { ask(&now.s, now.i, true, false); }; told(ACQUIRE) } \
    :: atomic { c_expr { must_renew (&now.s, k) } -> i = k; c_code { beat_again(&now.s, now.i); }; told(RENEW) } \
    :: atomic { c_expr { may_end (&now.s, k) } -> i = k; c_code { end(&now.s, now.i); }; told(RELEASE) } \
    :: atomic { lost_hints > 0 && c_expr { now.s.of[k].woken } -> i = k; lost_hints--; c_code { now.s.of[now.i].woken = false; answer = 0; }; told(HINT) } \
    :: atomic { deaths > 0 && c_expr { lives (&now.s, k) } -> i = k; deaths--; c_code { die(&now.s, now.i); answer = 0; }; told(DIE) } \
    :: atomic { stops > 0 && c_expr { lives (&now.s, k) && now.s.of[k].stopped == 0 } -> i = k; stops--; a_while(); c_code { stand_still(&now.s, now.i, now.d); answer = 0; }; told(STOP) }

active proctype world() {
    c_code {
        begin(&now.s);
        now.deaths = setting("DEATHS");
        now.stops = setting("STOPS");
        now.hangs = setting("HANGS");
        now.crashes = setting("CRASHES");
        now.losses = setting("LOSSES");
        now.resets = setting("RESETS");
        now.steps_back = setting("STEPS_BACK");
        now.steps_ahead = setting("STEPS_AHEAD");
        now.orders = setting("ORDERS");
        now.supersedes = setting("SUPERSEDES");
        now.tries = setting("TRIES");
        now.lost_hints = setting("LOST_HINTS");
    };
    do
    WHAT_CAN_DO(0)
    WHAT_CAN_DO(1)
    WHAT_CAN_DO(2)
    /* The server, and who operates it. */
    :: atomic { hangs > 0 && UP -> hangs--; a_while(); c_code { go_down(&now.s, now.d, false); answer = 0; }; told(HANG) }
    :: atomic { crashes > 0 && THERE -> crashes--; a_while(); breaks(); c_code { be_another(&now.s); answer = 0; }; told(CRASH) }
    :: atomic { losses > 0 && UP -> losses--; a_while(); breaks(); c_code { lose_data(&now.s); excuse_late(&now.s); answer = 0; }; told(LOSE) }
    :: atomic { resets > 0 && THERE -> resets--; c_code { reset(&now.s); answer = 0; }; told(RESET) }
    :: atomic { orders > 0 && THERE -> orders--; d = 4; c_code { order(&now.s, CAPACITY - 1, 4); answer = 0; }; told(LIMIT) }
    :: atomic { steps_back > 0 && THERE && c_expr { now.s.quiet == 0 } -> steps_back--; c_code { now.s.stands = true; answer = 0; }; told(BACK) }
    :: atomic { steps_ahead > 0 && THERE -> steps_ahead--; d = 5; c_code { go_ahead(&now.s, 5); answer = 0; }; told(AHEAD) }
    /* Time passes when nobody has to ask first: no caller that lives and can reach the server is late. */
    :: atomic { c_expr { !somebody_must_ask (&now.s) } -> c_code { second(&now.s); answer = 0; }; told(SECOND) }
    od
}
