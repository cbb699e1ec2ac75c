------------------------------- MODULE Budget -------------------------------
(* Budgets, and the runs that want to be paid from all of them: a key's, a    *)
(* bot's, an owner's. Each action is one atomic store operation (a            *)
(* conditional write to one item) or one failure; between any two of them a   *)
(* process may die or stand still.                                            *)
(*                                                                            *)
(*   account  the item of a budget: what is spent and held, and a hold for    *)
(*            each run that it is held for, in the same item, with the        *)
(*            senders that rely on it; marks of runs that were settled        *)
(*   run      the run's item and its place in the mailbox, as far as a budget *)
(*            is concerned: nothing, put, open, ended, popped                 *)
(*   accept   who accepts a message: it retries under the same run id         *)
(* What a run costs is known when it has ended; it is held at its most.       *)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS
  Runs,      \* run ids; each is sent by a client of its own
  Senders,   \* processes that accept: as many may be at one run
  First,     \* limit of the first account
  Second,    \* limit of the second, which is asked after it
  Most,      \* what a run may cost: what is held
  Faults     \* how many failures a behaviour may contain

Accounts == 1..2
Limit(a) == IF a = 1 THEN First ELSE Second

VARIABLES spent, by, run, cost, sender, faults, settled
vars == <<spent, by, run, cost, sender, faults, settled>>

Idle == [pc |-> "idle", run |-> 0, at |-> 0]
Holds(a) == {r \in Runs : by[a][r] # {}}
Held(a) == Cardinality(Holds(a)) * Most

Init ==
  /\ spent = [a \in Accounts |-> 0]
  /\ by = [a \in Accounts |-> [r \in Runs |-> {}]]   \* who relies on what is held; nothing is, of nobody
  /\ run = [r \in Runs |-> "none"]
  /\ cost = [r \in Runs |-> 0]
  /\ sender = [s \in Senders |-> Idle]
  /\ faults = Faults
  /\ settled = [a \in Accounts |-> {}]               \* marks in the account of runs that were settled
-----------------------------------------------------------------------------
(* Accepting: reserve in each account, put, append. A retry begins before     *)
(* Reserve again where its message is not known to have arrived.              *)
Begin(s, r) ==
  /\ sender[s].pc = "idle" /\ run[r] \in {"none", "put"}
  /\ sender' = [sender EXCEPT ![s] = [pc |-> "reserve", run |-> r, at |-> 1]]
  /\ UNCHANGED <<spent, by, run, cost, faults, settled>>

On(s) == IF sender[s].at = 2 THEN [sender[s] EXCEPT !.pc = "put"] ELSE [sender[s] EXCEPT !.at = 2]
Back(s) == IF sender[s].at = 1 THEN Idle ELSE [sender[s] EXCEPT !.pc = "leave", !.at = 1]

Reserve(s) == LET r == sender[s].run  a == sender[s].at IN
  /\ sender[s].pc = "reserve"
  /\ IF by[a][r] # {}                      \* Join: condition: as it was read
     THEN sender' = [sender EXCEPT ![s] = On(s)] /\ by' = [by EXCEPT ![a][r] = @ \union {s}]
     ELSE IF r \in settled[a]
     THEN sender' = [sender EXCEPT ![s] = On(s)] /\ UNCHANGED by
     ELSE IF spent[a] + Held(a) + Most <= Limit(a)   \* condition: no hold and no mark of it, and room
     THEN sender' = [sender EXCEPT ![s] = On(s)] /\ by' = [by EXCEPT ![a][r] = {s}]
     ELSE sender' = [sender EXCEPT ![s] = Back(s)] /\ UNCHANGED by   \* 429
  /\ UNCHANGED <<spent, run, cost, faults, settled>>

Leave(s) == LET r == sender[s].run IN      \* condition: as it was read; held no more where nobody is left
  /\ sender[s].pc = "leave"
  /\ by' = [by EXCEPT ![1][r] = @ \ {s}]
  /\ sender' = [sender EXCEPT ![s] = Idle]
  /\ UNCHANGED <<spent, run, cost, faults, settled>>

Put(s) == LET r == sender[s].run IN        \* condition: the item does not exist
  /\ sender[s].pc = "put"
  /\ run' = IF run[r] = "none" THEN [run EXCEPT ![r] = "put"] ELSE run
  /\ sender' = [sender EXCEPT ![s].pc = "append"]
  /\ UNCHANGED <<spent, by, cost, faults, settled>>

(* Each try to accept is a sender of its own: one that is over never leaves.  *)
Over(s) == [a \in Accounts |-> [r \in Runs |->
  IF s \in by[a][r] THEN (by[a][r] \ {s}) \union {"over"} ELSE by[a][r]]]

Append(s) == LET r == sender[s].run IN     \* condition: as it was seen, so never again once popped
  /\ sender[s].pc = "append"
  /\ run' = IF run[r] = "put" THEN [run EXCEPT ![r] = "open"] ELSE run
  /\ sender' = [sender EXCEPT ![s] = Idle]
  /\ by' = Over(s)
  /\ UNCHANGED <<spent, cost, faults, settled>>

Dies(s) ==
  /\ sender[s].pc # "idle" /\ faults > 0
  /\ sender' = [sender EXCEPT ![s] = Idle]
  /\ faults' = faults - 1
  /\ by' = Over(s)
  /\ UNCHANGED <<spent, run, cost, settled>>
-----------------------------------------------------------------------------
(* The reader of the mailbox, and whoever cancels: a run ends at some cost.   *)
End(r) ==
  /\ run[r] = "open"
  /\ \E c \in 0..Most : cost' = [cost EXCEPT ![r] = c]
  /\ run' = [run EXCEPT ![r] = "ended"]
  /\ UNCHANGED <<spent, by, sender, faults, settled>>

Settle(a, r) ==                            \* condition: it is held; by any number of readers
  /\ run[r] = "ended"
  /\ spent' = IF by[a][r] # {} THEN [spent EXCEPT ![a] = @ + cost[r]] ELSE spent
  /\ by' = [by EXCEPT ![a][r] = {}]
  /\ settled' = [settled EXCEPT ![a] = @ \union {r}]
  /\ UNCHANGED <<run, cost, sender, faults>>

Pop(r) ==                                  \* after Settle
  /\ run[r] = "ended" /\ \A a \in Accounts : r \in settled[a]
  /\ run' = [run EXCEPT ![r] = "popped"]
  /\ UNCHANGED <<spent, by, cost, sender, faults, settled>>
-----------------------------------------------------------------------------
(* Relied on by nobody new for longer than any process lives, for a run that  *)
(* is in no mailbox. Condition: as it was read.                               *)
Old(r) == \A s \in Senders : sender[s].run # r \/ sender[s].pc = "idle"
Sweep(a, r) ==
  /\ by[a][r] # {} /\ run[r] \in {"none", "put", "popped"} /\ Old(r)
  /\ by' = [by EXCEPT ![a][r] = {}]
  /\ UNCHANGED <<spent, run, cost, sender, faults, settled>>

Step(s) == Reserve(s) \/ Leave(s) \/ Put(s) \/ Append(s)
Next == \/ \E s \in Senders : Step(s) \/ Dies(s) \/ \E r \in Runs : Begin(s, r)
        \/ \E r \in Runs : End(r) \/ Pop(r) \/ \E a \in Accounts : Settle(a, r) \/ Sweep(a, r)
Fair == /\ \A s \in Senders : WF_vars(Step(s))
        /\ \A r \in Runs : WF_vars(End(r)) /\ WF_vars(Pop(r))
        /\ \A r \in Runs, a \in Accounts : WF_vars(Settle(a, r) /\ r \notin settled[a]) /\ WF_vars(Sweep(a, r))
Spec == Init /\ [][Next]_vars /\ Fair
-----------------------------------------------------------------------------
RECURSIVE Sum(_)
Sum(rs) == IF rs = {} THEN 0 ELSE LET r == CHOOSE r \in rs : TRUE IN cost[r] + Sum(rs \ {r})
Symmetry == Permutations(Senders)
NeverOver == \A a \in Accounts : spent[a] + Held(a) <= Limit(a)
(* What is spent is what the settled runs cost: nothing twice, nothing lost.  *)
SettledIsExact == \A a \in Accounts : spent[a] = Sum(settled[a])
(* A run that may still cost something has its cost held back, everywhere.    *)
OpenIsHeld == \A r \in Runs, a \in Accounts : run[r] = "open" => by[a][r] # {}
PoppedIsSettled == \A r \in Runs, a \in Accounts : run[r] = "popped" => r \in settled[a]
(* Clients that try again and again, in turns, are held for as long as they do. *)
Tried(r) == \E s \in Senders : sender[s].run = r /\ sender[s].pc # "idle"
NothingHeldForGood == \A r \in Runs, a \in Accounts :
  [](by[a][r] # {} => <>(by[a][r] = {} \/ Tried(r)))
=============================================================================
