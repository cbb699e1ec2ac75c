------------------------------- MODULE Budget -------------------------------
(* One budget, and the runs that want to be paid from it. Each action is one  *)
(* atomic store operation (a conditional write to one item) or one failure;   *)
(* between any two of them a process may die or stand still.                  *)
(*                                                                            *)
(*   account  the item of a budget: what is spent and held, and a hold for    *)
(*            each run that it is held for, in the same item; marks of runs   *)
(*            that were settled                                               *)
(*   run      the run's item and its place in the mailbox, as far as a budget *)
(*            is concerned: nothing, put, open, ended, popped                 *)
(*   accept   who accepts a message: it retries under the same run id         *)
(* What a run costs is known when it has ended; it is held at its most.       *)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS
  Runs,      \* run ids; each is sent by a client of its own
  Senders,   \* processes that accept: as many may be at one run
  Limit,     \* of the account
  Most,      \* what a run may cost: what is held
  Faults     \* how many failures a behaviour may contain

VARIABLES spent, holds, run, cost, sender, faults, settled
vars == <<spent, holds, run, cost, sender, faults, settled>>

Idle == [pc |-> "idle", run |-> 0]
Held == Cardinality(holds) * Most

Init ==
  /\ spent = 0
  /\ holds = {}                            \* runs that something is held for
  /\ run = [r \in Runs |-> "none"]
  /\ cost = [r \in Runs |-> 0]
  /\ sender = [s \in Senders |-> Idle]
  /\ faults = Faults
  /\ settled = {}                          \* marks in the account of runs that were settled
-----------------------------------------------------------------------------
(* Accepting: reserve, put, append. A retry begins before Reserve again where *)
(* its message is not known to have arrived.                                  *)
Begin(s, r) ==
  /\ sender[s].pc = "idle" /\ run[r] \in {"none", "put"}
  /\ sender' = [sender EXCEPT ![s] = [pc |-> "reserve", run |-> r]]
  /\ UNCHANGED <<spent, holds, run, cost, faults, settled>>

Reserve(s) == LET r == sender[s].run IN    \* condition: no hold and no mark of it, and room
  /\ sender[s].pc = "reserve"
  /\ IF r \in holds \/ r \in settled
     THEN sender' = [sender EXCEPT ![s].pc = "put"] /\ UNCHANGED holds
     ELSE IF spent + Held + Most <= Limit
     THEN sender' = [sender EXCEPT ![s].pc = "put"] /\ holds' = holds \union {r}
     ELSE sender' = [sender EXCEPT ![s] = Idle] /\ UNCHANGED holds      \* 429
  /\ UNCHANGED <<spent, run, cost, faults, settled>>

Put(s) == LET r == sender[s].run IN        \* condition: the item does not exist
  /\ sender[s].pc = "put"
  /\ run' = IF run[r] = "none" THEN [run EXCEPT ![r] = "put"] ELSE run
  /\ sender' = [sender EXCEPT ![s].pc = "append"]
  /\ UNCHANGED <<spent, holds, cost, faults, settled>>

Append(s) == LET r == sender[s].run IN     \* condition: as it was seen, so never again once popped
  /\ sender[s].pc = "append"
  /\ run' = IF run[r] = "put" THEN [run EXCEPT ![r] = "open"] ELSE run
  /\ sender' = [sender EXCEPT ![s] = Idle]
  /\ UNCHANGED <<spent, holds, cost, faults, settled>>

Dies(s) ==
  /\ sender[s].pc # "idle" /\ faults > 0
  /\ sender' = [sender EXCEPT ![s] = Idle]
  /\ faults' = faults - 1
  /\ UNCHANGED <<spent, holds, run, cost, settled>>
-----------------------------------------------------------------------------
(* The reader of the mailbox, and whoever cancels: a run ends at some cost.   *)
End(r) ==
  /\ run[r] = "open"
  /\ \E c \in 0..Most : cost' = [cost EXCEPT ![r] = c]
  /\ run' = [run EXCEPT ![r] = "ended"]
  /\ UNCHANGED <<spent, holds, sender, faults, settled>>

Settle(r) ==                               \* condition: it is held; by any number of readers
  /\ run[r] = "ended"
  /\ spent' = IF r \in holds THEN spent + cost[r] ELSE spent
  /\ holds' = holds \ {r}
  /\ settled' = settled \union {r}
  /\ UNCHANGED <<run, cost, sender, faults>>

Pop(r) ==                                  \* after Settle
  /\ run[r] = "ended" /\ r \in settled
  /\ run' = [run EXCEPT ![r] = "popped"]
  /\ UNCHANGED <<spent, holds, cost, sender, faults, settled>>
-----------------------------------------------------------------------------
(* Held for longer than any process lives, for a run that is in no mailbox.   *)
Old(r) == \A s \in Senders : sender[s].run # r \/ sender[s].pc = "idle"
Sweep(r) ==
  /\ r \in holds /\ run[r] \in {"none", "put", "popped"} /\ Old(r)
  /\ holds' = holds \ {r}
  /\ UNCHANGED <<spent, run, cost, sender, faults, settled>>

Step(s) == Reserve(s) \/ Put(s) \/ Append(s)
Next == \/ \E s \in Senders : Step(s) \/ Dies(s) \/ \E r \in Runs : Begin(s, r)
        \/ \E r \in Runs : End(r) \/ Settle(r) \/ Pop(r) \/ Sweep(r)
Fair == /\ \A s \in Senders : WF_vars(Step(s))
        /\ \A r \in Runs : WF_vars(End(r)) /\ WF_vars(Settle(r) /\ r \notin settled) /\ WF_vars(Pop(r)) /\ WF_vars(Sweep(r))
Spec == Init /\ [][Next]_vars /\ Fair
-----------------------------------------------------------------------------
RECURSIVE Sum(_)
Sum(rs) == IF rs = {} THEN 0 ELSE LET r == CHOOSE r \in rs : TRUE IN cost[r] + Sum(rs \ {r})
Symmetry == Permutations(Senders)
NeverOver == spent + Held <= Limit
(* What is spent is what the settled runs cost: nothing twice, nothing lost.  *)
SettledIsExact == spent = Sum(settled)
(* A run that may still cost something has its cost held back.                *)
OpenIsHeld == \A r \in Runs : run[r] = "open" => r \in holds
PoppedIsSettled == \A r \in Runs : run[r] = "popped" => r \in settled
NothingHeldForGood == \A r \in Runs : [](r \in holds => <>(r \notin holds))
=============================================================================
