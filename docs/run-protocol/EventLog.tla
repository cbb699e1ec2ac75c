------------------------------ MODULE EventLog ------------------------------
(* The event log of one run: what its readers stream. Slots are written once, *)
(* by whoever comes first, and in order: a writer knows the last slot that is *)
(* taken and puts the next one, if absent. So no fence beside the slot itself *)
(* is needed, and a reader needs nothing but to read on.                      *)
(*                                                                            *)
(*   log    slots 1, 2, … of one run, each an event or empty                  *)
(*            attempt  a new attempt under this token: forget what was said   *)
(*            text     what the model says; n counts within the attempt       *)
(*            end      how the run ended                                     *)
(*            each carries its turn: how often the run was put back by then  *)
(*            gone     the tombstone of an event whose run was deleted        *)
(*   run    the run's item, as Conversation.tla has it. Leases may be lost at *)
(*          any time, so a worker may start the run while another is at it.   *)
(*   closer whoever finds the run ended and its log open: a worker before it  *)
(*          takes the run out of the mailbox, or a reader                     *)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS
  Workers,
  Closers,
  MaxAttempts, \* starts of the run, all in all
  MaxTexts,    \* texts of one attempt
  MaxRedrives,
  Faults       \* how many replies get lost

VARIABLES run, log, worker, closer, popped, remover, answers, faults
vars == <<run, log, worker, closer, popped, remover, answers, faults>>

Slots == 1..((MaxTexts + 2) * MaxAttempts + 2 * MaxRedrives + 4)
Empty == [kind |-> "empty", token |-> 0, n |-> 0, turn |-> 0]
Gone == [kind |-> "gone", token |-> 99, n |-> 0, turn |-> 99]
Terminal == {"completed", "failed", "cancelled"}
Taken == {i \in Slots : log[i].kind # "empty"}
Last == IF Taken = {} THEN 0 ELSE CHOOSE i \in Taken : \A j \in Taken : j <= i
Idle == [pc |-> "idle", token |-> 0, turn |-> 0, next |-> 0, said |-> 0]
Free == [pc |-> "idle", token |-> 0, turn |-> 0, next |-> 0, answered |-> 0]

Init ==
  /\ run = [status |-> "queued", token |-> 0, answered |-> 0, redrives |-> 0]
  /\ log = [i \in Slots |-> Empty]
  /\ worker = [w \in Workers |-> Idle]
  /\ closer = [c \in Closers \union Workers |-> Free]
  /\ popped = FALSE                        \* has left the mailbox
  /\ remover = [pc |-> "idle", next |-> 0]
  /\ answers = [k \in 0..MaxRedrives |-> <<0, 0>>]  \* history: of each end, attempt and texts
  /\ faults = Faults

(* Put if absent. Where the reply gets lost the same put is tried again. *)
PutIfAbsent(i, event) == log' = IF log[i].kind = "empty" THEN [log EXCEPT ![i] = event] ELSE log
-----------------------------------------------------------------------------
Start(w) ==
  /\ worker[w].pc = "idle" /\ closer[w].pc = "idle"
  /\ run.status \in {"queued", "in_progress"} /\ run.token < MaxAttempts
  /\ \/ /\ run' = [run EXCEPT !.status = "in_progress", !.token = @ + 1]
        /\ worker' = [worker EXCEPT ![w] = [Idle EXCEPT !.pc = "tail", !.token = run.token + 1, !.turn = run.redrives]]
     \/ /\ run.token > 0                   \* tried often enough: given up
        /\ run' = [run EXCEPT !.status = "failed", !.token = @ + 1, !.answered = 0]
        /\ UNCHANGED worker
  /\ UNCHANGED <<log, closer, popped, remover, answers, faults>>

ReadTail(w) ==                             \* read the last slot
  /\ worker[w].pc = "tail"
  /\ worker' = [worker EXCEPT ![w] =
       IF Last > 0 /\ log[Last].token >= @.token THEN Idle
       ELSE [@ EXCEPT !.pc = "begin", !.next = Last + 1]]
  /\ UNCHANGED <<run, log, closer, popped, remover, answers, faults>>

Begin(w) == LET me == worker[w] IN
  /\ me.pc = "begin"
  /\ PutIfAbsent(me.next, [kind |-> "attempt", token |-> me.token, n |-> 0, turn |-> me.turn])
  /\ worker' = [worker EXCEPT ![w] =
       IF log'[me.next].token = me.token THEN [@ EXCEPT !.pc = "text", !.next = @ + 1]
       ELSE [@ EXCEPT !.pc = "tail"]]
  /\ UNCHANGED <<run, closer, popped, remover, answers, faults>>

Text(w) == LET me == worker[w] IN
  /\ me.pc \in {"text", "unsure"} /\ me.said < MaxTexts
  /\ PutIfAbsent(me.next, [kind |-> "text", token |-> me.token, n |-> me.said + 1, turn |-> me.turn])
  /\ worker' = [worker EXCEPT ![w] =
       IF log'[me.next].token = me.token
       THEN [@ EXCEPT !.pc = "text", !.next = @ + 1, !.said = @ + 1]
       ELSE Idle]                          \* overtaken
  /\ UNCHANGED <<run, closer, popped, remover, answers, faults>>

LoseReply(w) == LET me == worker[w] IN     \* carried out, and the worker does not know: it tries again
  /\ me.pc \in {"begin", "text"} /\ me.said < MaxTexts /\ faults > 0
  /\ PutIfAbsent(me.next, IF me.pc = "begin"
       THEN [kind |-> "attempt", token |-> me.token, n |-> 0, turn |-> me.turn]
       ELSE [kind |-> "text", token |-> me.token, n |-> me.said + 1, turn |-> me.turn])
  /\ worker' = [worker EXCEPT ![w].pc = IF me.pc = "begin" THEN "begin" ELSE "unsure"]
  /\ faults' = faults - 1
  /\ UNCHANGED <<run, closer, popped, remover, answers>>

Finish(w) == LET me == worker[w] IN        \* what was said is in the log before it is the answer
  /\ me.pc = "text"
  /\ IF run.status = "in_progress" /\ run.token = me.token
     THEN \E outcome \in {"completed", "failed"} :
          /\ run' = [run EXCEPT !.status = outcome, !.answered = me.token]
          /\ answers' = [answers EXCEPT ![run.redrives] = <<me.token, me.said>>]
     ELSE UNCHANGED <<run, answers>>
  /\ worker' = [worker EXCEPT ![w] = Idle]
  /\ UNCHANGED <<log, closer, popped, remover, faults>>

(* The last that is said and the end in one write with Finish, and Pop where    *)
(* nothing has to come before it: all of it or nothing. Nothing may be on its   *)
(* way. A short answer begins with it, too.                                     *)
CanEnd(w) == LET me == worker[w] IN
  /\ log[me.next].kind = "empty"
  /\ run.status = "in_progress" /\ run.token = me.token

EndTogether(w) == LET me == worker[w] IN
  /\ me.pc \in {"begin", "text"} /\ closer[w].pc = "idle"
  /\ CanEnd(w)
  /\ \E texts \in 0..(IF me.said < MaxTexts THEN 1 ELSE 0) : \E outcome \in {"completed", "failed"} :
       LET first == IF me.pc = "begin" THEN 1 ELSE 0
           event(kind, n) == [kind |-> kind, token |-> me.token, n |-> n, turn |-> me.turn]
           at(i) == IF i = me.next + first + texts THEN event("end", 0)
                    ELSE IF i = me.next + first THEN event("text", me.said + 1)
                    ELSE event("attempt", 0)
       IN /\ log' = [i \in Slots |-> IF i \in me.next..(me.next + first + texts) THEN at(i) ELSE log[i]]
          /\ run' = [run EXCEPT !.status = outcome, !.answered = me.token]
          /\ answers' = [answers EXCEPT ![run.redrives] = <<me.token, me.said + texts>>]
  /\ popped' \in BOOLEAN
  /\ worker' = [worker EXCEPT ![w] = Idle]
  /\ UNCHANGED <<closer, remover, faults>>

Die(w) ==
  /\ worker[w].pc # "idle"
  /\ worker' = [worker EXCEPT ![w] = Idle]
  /\ UNCHANGED <<run, log, closer, popped, remover, answers, faults>>

Cancel ==                                  \* of a queued run; one at work is ended by its worker
  /\ run.status = "queued"
  /\ run' = [run EXCEPT !.status = "cancelled", !.answered = 0]
  /\ UNCHANGED <<log, worker, closer, popped, remover, answers, faults>>

Redrive ==                                 \* of a failed run that has left the mailbox
  /\ run.status = "failed" /\ popped /\ run.redrives < MaxRedrives
  /\ run' = [run EXCEPT !.status = "queued", !.redrives = @ + 1, !.answered = 0]
  /\ popped' = FALSE
  /\ UNCHANGED <<log, worker, closer, remover, answers, faults>>
-----------------------------------------------------------------------------
(* Closing: the log says how the run ended. What an attempt said that is not  *)
(* the answer is forgotten first.                                             *)
Look(c) ==
  /\ closer[c].pc = "idle" /\ run.status \in Terminal
  /\ c \in Workers => worker[c].pc = "idle" /\ ~popped
  /\ closer' = [closer EXCEPT ![c] = [pc |-> "tail", token |-> run.token, turn |-> run.redrives,
                                      next |-> 0, answered |-> run.answered]]
  /\ UNCHANGED <<run, log, worker, popped, remover, answers, faults>>

Closed(c) == Last > 0 /\ (\/ log[Last].kind = "end" /\ log[Last].turn = closer[c].turn
                          \/ log[Last].turn > closer[c].turn)  \* put back since

LookAtTail(c) == LET me == closer[c] IN
  /\ me.pc = "tail"
  /\ closer' = [closer EXCEPT ![c] =
       IF Closed(c) THEN [me EXCEPT !.pc = "done"]
       ELSE IF me.answered = 0 /\ Last > 0 /\ log[Last].kind # "attempt"
       THEN [me EXCEPT !.pc = "forget", !.next = Last + 1]
       ELSE [me EXCEPT !.pc = "end", !.next = Last + 1]]
  /\ UNCHANGED <<run, log, worker, popped, remover, answers, faults>>

Forget(c) == LET me == closer[c] IN
  /\ me.pc = "forget"
  /\ PutIfAbsent(me.next, [kind |-> "attempt", token |-> me.token, n |-> 0, turn |-> me.turn])
  /\ closer' = [closer EXCEPT ![c].pc = "tail"]
  /\ UNCHANGED <<run, worker, popped, remover, answers, faults>>

End(c) == LET me == closer[c] IN
  /\ me.pc = "end"
  /\ PutIfAbsent(me.next, [kind |-> "end", token |-> me.token, n |-> 0, turn |-> me.turn])
  /\ closer' = [closer EXCEPT ![c].pc = "tail"]
  /\ UNCHANGED <<run, worker, popped, remover, answers, faults>>

Pop(c) ==                                  \* only a worker takes it out of the mailbox, once closed
  /\ closer[c].pc = "done"
  /\ closer' = [closer EXCEPT ![c] = Free]
  /\ popped' = (popped \/ (c \in Workers /\ run.redrives = closer[c].turn /\ run.status \in Terminal))
  /\ UNCHANGED <<run, log, worker, remover, answers, faults>>

CloserDies(c) ==
  /\ closer[c].pc # "idle"
  /\ closer' = [closer EXCEPT ![c] = Free]
  /\ UNCHANGED <<run, log, worker, popped, remover, answers, faults>>
-----------------------------------------------------------------------------
(* Deleting: a tombstone behind the last event, where writers come by; then   *)
(* one in the place of each event, for a writer may have stood still anywhere. *)
Condemn ==
  /\ remover.pc = "idle" /\ run.status # "gone"
  /\ run' = [run EXCEPT !.status = "gone"]
  /\ remover' = [pc |-> "mark", next |-> Last + 1]
  /\ UNCHANGED <<log, worker, closer, popped, answers, faults>>

Mark ==
  /\ remover.pc = "mark"
  /\ PutIfAbsent(remover.next, Gone)
  /\ remover' = IF log'[remover.next] = Gone THEN [pc |-> "wipe", next |-> 1]
                ELSE [remover EXCEPT !.next = Last + 1]
  /\ UNCHANGED <<run, worker, closer, popped, answers, faults>>

Wipe ==
  /\ remover.pc = "wipe"
  /\ log' = [log EXCEPT ![remover.next] = Gone]
  /\ remover' = IF remover.next = Last THEN [pc |-> "done", next |-> 0] ELSE [remover EXCEPT !.next = @ + 1]
  /\ UNCHANGED <<run, worker, closer, popped, answers, faults>>
-----------------------------------------------------------------------------
Next ==
  \/ \E w \in Workers : Start(w) \/ ReadTail(w) \/ Begin(w) \/ Text(w) \/ LoseReply(w) \/ Finish(w) \/ EndTogether(w) \/ Die(w)
  \/ \E c \in Closers \union Workers : Look(c) \/ LookAtTail(c) \/ Forget(c) \/ End(c) \/ Pop(c) \/ CloserDies(c)
  \/ Cancel \/ Redrive \/ Condemn \/ Mark \/ Wipe
Spec == Init /\ [][Next]_vars
-----------------------------------------------------------------------------
Symmetry == Permutations(Workers)
(* What a reader joins: the texts since the last attempt before a slot. *)
RECURSIVE Joined(_)
Joined(i) == IF i = 0 THEN <<>>
  ELSE IF log[i].kind = "attempt" THEN <<>>
  ELSE IF log[i].kind = "text" THEN Append(Joined(i - 1), <<log[i].token, log[i].n>>) ELSE Joined(i - 1)
Answer(k) == [n \in 1..answers[k][2] |-> <<answers[k][1], n>>]

NoGap == \A i \in Slots : log[i].kind # "empty" => \A j \in 1..i : log[j].kind # "empty"
OneText == [][\A i \in Slots : log[i].kind # "empty" => log'[i] = log[i] \/ log'[i].kind = "gone"]_vars
TokensGrow == \A i \in Slots : i > 1 /\ log[i].kind \notin {"empty", "gone"} /\ log[i - 1].kind # "gone" => log[i].token >= log[i - 1].token
OneEnd == \A i, j \in Slots : log[i].kind = "end" /\ log[j].kind = "end" /\ log[i].turn = log[j].turn => i = j
EndIsTheAnswer == remover.pc = "idle" => \A i \in Slots : log[i].kind = "end" => Joined(i - 1) = Answer(log[i].turn)
(* After an end there is something only if the run was put back since, or deleted. *)
EndIsTheEnd == \A i \in Slots : log[i].kind = "end" /\ i < Last =>
  log[i + 1].kind = "gone" \/ (run.redrives > log[i].turn /\ log[i + 1].kind \in {"attempt", "end"})
PoppedIsClosed == popped /\ remover.pc = "idle" => \E i \in Slots : log[i].kind = "end" /\ log[i].turn = run.redrives
Forgotten == remover.pc = "done" => \A i \in Slots : log[i].kind \in {"empty", "gone"}
=============================================================================
