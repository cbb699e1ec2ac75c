----------------------------- MODULE ToolCalls -----------------------------
(* The calls of tools on the way to one answer. They are written down in the  *)
(* run's event log (EventLog.tla), whose slots are put if absent, in order:   *)
(* a round before its call is made, a result before the model reads it. So an *)
(* attempt that comes later, once its own `attempt` stands behind all of      *)
(* that, knows which calls may have been made, and none is begun after.       *)
(*                                                                            *)
(*   log    slots 1, 2, … of one run                                          *)
(*            attempt  a new attempt under this token                         *)
(*            round    the model calls: from here on the call may be made     *)
(*            result   what came of it, or that nobody knows                  *)
(*   made   history: how often each round's call was carried out              *)
(* One call a round: calls of one round have nothing to do with one another.  *)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS
  Workers,
  MaxAttempts, \* starts of the run, all in all
  MaxRounds,
  Repeatable   \* rounds whose call is safe to repeat

VARIABLES run, log, worker, mourner, made
vars == <<run, log, worker, mourner, made>>

Rounds == 1..MaxRounds
Slots == 1..(MaxAttempts + 2 * MaxRounds + 3)
Empty == [kind |-> "empty", token |-> 0, round |-> 0]
Taken == {i \in Slots : log[i].kind # "empty"}
Last == IF Taken = {} THEN 0 ELSE CHOOSE i \in Taken : \A j \in Taken : j <= i
Idle == [pc |-> "idle", token |-> 0, next |-> 0, round |-> 0]

Begun(r) == \E i \in Slots : log[i].kind = "round" /\ log[i].round = r
Ended(r) == \E i \in Slots : log[i].kind = "result" /\ log[i].round = r
Known == {r \in Rounds : Begun(r)}
Newest == IF Known = {} THEN 0 ELSE CHOOSE r \in Known : \A s \in Known : s <= r

Init ==
  /\ run = [status |-> "queued", token |-> 0]
  /\ log = [i \in Slots |-> Empty]
  /\ worker = [w \in Workers |-> Idle]
  /\ mourner = [pc |-> "idle", next |-> 0]
  /\ made = [r \in Rounds |-> 0]

PutIfAbsent(i, record) == log' = IF log[i].kind = "empty" THEN [log EXCEPT ![i] = record] ELSE log
-----------------------------------------------------------------------------
(* A lease may be lost at any time: a worker may start the run while another *)
(* is at it.                                                                  *)
Start(w) ==
  /\ worker[w].pc = "idle"
  /\ run.status \in {"queued", "in_progress"} /\ run.token < MaxAttempts
  /\ run' = [run EXCEPT !.status = "in_progress", !.token = @ + 1]
  /\ worker' = [worker EXCEPT ![w] = [Idle EXCEPT !.pc = "tail", !.token = run.token + 1]]
  /\ UNCHANGED <<log, mourner, made>>

GiveUp ==                                  \* tried often enough
  /\ run.status = "in_progress" /\ run.token = MaxAttempts
  /\ run' = [run EXCEPT !.status = "failed", !.token = @ + 1]
  /\ UNCHANGED <<log, worker, mourner, made>>

ReadTail(w) ==
  /\ worker[w].pc = "tail"
  /\ worker' = [worker EXCEPT ![w] =
       IF Last > 0 /\ log[Last].token >= @.token THEN Idle
       ELSE [@ EXCEPT !.pc = "begin", !.next = Last + 1]]
  /\ UNCHANGED <<run, log, mourner, made>>

Begin(w) == LET me == worker[w] IN         \* from here on, nothing of an earlier attempt is written
  /\ me.pc = "begin"
  /\ PutIfAbsent(me.next, [kind |-> "attempt", token |-> me.token, round |-> 0])
  /\ worker' = [worker EXCEPT ![w] =
       IF log'[me.next].token = me.token THEN [@ EXCEPT !.pc = "read", !.next = @ + 1]
       ELSE [@ EXCEPT !.pc = "tail"]]
  /\ UNCHANGED <<run, mourner, made>>

Read(w) ==                                 \* what earlier attempts have called
  /\ worker[w].pc = "read"
  /\ worker' = [worker EXCEPT ![w] =
       IF Newest > 0 /\ ~Ended(Newest)
       THEN [@ EXCEPT !.pc = IF Newest \in Repeatable THEN "call" ELSE "lost", !.round = Newest]
       ELSE [@ EXCEPT !.pc = "ask", !.round = Newest]]
  /\ UNCHANGED <<run, log, mourner, made>>

Lost(w) == LET me == worker[w] IN          \* begun by somebody, and not safe to repeat
  /\ me.pc = "lost"
  /\ PutIfAbsent(me.next, [kind |-> "result", token |-> me.token, round |-> me.round])
  /\ worker' = [worker EXCEPT ![w] =
       IF log'[me.next].token = me.token THEN [@ EXCEPT !.pc = "ask", !.next = @ + 1] ELSE Idle]
  /\ UNCHANGED <<run, mourner, made>>

Round(w) == LET me == worker[w] IN         \* the model calls a tool: the record before
  /\ me.pc = "ask" /\ me.round < MaxRounds
  /\ PutIfAbsent(me.next, [kind |-> "round", token |-> me.token, round |-> me.round + 1])
  /\ worker' = [worker EXCEPT ![w] =
       IF log'[me.next].token = me.token
       THEN [@ EXCEPT !.pc = "call", !.next = @ + 1, !.round = @ + 1]
       ELSE Idle]                          \* overtaken
  /\ UNCHANGED <<run, mourner, made>>

Call(w) == LET me == worker[w] IN
  /\ me.pc = "call"
  /\ made' = [made EXCEPT ![me.round] = @ + 1]
  /\ worker' = [worker EXCEPT ![w].pc = "called"]
  /\ UNCHANGED <<run, log, mourner>>

Result(w) == LET me == worker[w] IN        \* the record after
  /\ me.pc = "called"
  /\ PutIfAbsent(me.next, [kind |-> "result", token |-> me.token, round |-> me.round])
  /\ worker' = [worker EXCEPT ![w] =
       IF log'[me.next].token = me.token THEN [@ EXCEPT !.pc = "ask", !.next = @ + 1] ELSE Idle]
  /\ UNCHANGED <<run, mourner, made>>

Finish(w) == LET me == worker[w] IN
  /\ me.pc = "ask"
  /\ run' = IF run.status = "in_progress" /\ run.token = me.token
            THEN [run EXCEPT !.status = "completed"] ELSE run
  /\ worker' = [worker EXCEPT ![w] = Idle]
  /\ UNCHANGED <<log, mourner, made>>

Die(w) ==
  /\ worker[w].pc # "idle"
  /\ worker' = [worker EXCEPT ![w] = Idle]
  /\ UNCHANGED <<run, log, mourner, made>>
-----------------------------------------------------------------------------
(* A run that was given up says what was begun and did not come back, before  *)
(* it leaves the mailbox. First it writes behind everything, too: a worker    *)
(* that stands still must not begin a call later.                             *)
Fence ==
  /\ run.status = "failed" /\ mourner.pc = "idle"
  /\ mourner' = IF Last > 0 /\ log[Last].token >= run.token THEN [mourner EXCEPT !.pc = "look"]
                ELSE [pc |-> "fence", next |-> Last + 1]
  /\ UNCHANGED <<run, log, worker, made>>

PutFence ==
  /\ mourner.pc = "fence"
  /\ PutIfAbsent(mourner.next, [kind |-> "attempt", token |-> run.token, round |-> 0])
  /\ mourner' = [mourner EXCEPT !.pc = "idle"]
  /\ UNCHANGED <<run, worker, made>>

Mourn ==
  /\ mourner.pc = "look"
  /\ mourner' = IF Newest = 0 \/ Ended(Newest) THEN [mourner EXCEPT !.pc = "done"]
                ELSE [pc |-> "tell", next |-> Last + 1]
  /\ UNCHANGED <<run, log, worker, made>>

Tell ==
  /\ mourner.pc = "tell"
  /\ PutIfAbsent(mourner.next, [kind |-> "result", token |-> run.token, round |-> Newest])
  /\ mourner' = [mourner EXCEPT !.pc = "look"]
  /\ UNCHANGED <<run, worker, made>>
-----------------------------------------------------------------------------
Next ==
  \/ \E w \in Workers : Start(w) \/ ReadTail(w) \/ Begin(w) \/ Read(w) \/ Lost(w) \/ Round(w)
                        \/ Call(w) \/ Result(w) \/ Finish(w) \/ Die(w)
  \/ GiveUp \/ Fence \/ PutFence \/ Mourn \/ Tell
Spec == Init /\ [][Next]_vars
-----------------------------------------------------------------------------
Symmetry == Permutations(Workers)
(* No call that is not safe to repeat is carried out twice. *)
MadeOnce == \A r \in Rounds \ Repeatable : made[r] <= 1
(* What was carried out stands in the log from before. *)
WrittenBefore == \A r \in Rounds : made[r] > 0 => Begun(r)
(* What was begun has an end in the log, be it that nobody knows it, when the run has ended. *)
NothingLost == (run.status = "completed" \/ mourner.pc = "done") => \A r \in Rounds : Begun(r) => Ended(r)
(* A round is one: what it cost is counted once. *)
OneRound == \A i, j \in Slots : log[i].kind = "round" /\ log[j].kind = "round" /\ log[i].round = log[j].round => i = j
OneResult == \A i, j \in Slots : log[i].kind = "result" /\ log[j].kind = "result" /\ log[i].round = log[j].round => i = j
=============================================================================
