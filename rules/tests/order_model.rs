//! Every interleaving of two persons' orders for the same record, checked over the edge table itself: payments that
//! succeed late, lapses, cancellations, refunds, notifications repeated and lost, a registry that was faster.
#![cfg(not(target_arch = "wasm32"))]

#[path = "support/order_world.rs"]
mod order_world;

use order_world::{Money, Order, Record, World};
use rules::families::camera::MACHINE;
use rules::kernel::{CaseEvent, CaseState, Edge};
use stateright::{Checker, HasDiscoveries, Model, Property};

/// The machine by this table, in its world.
struct Machine {
    edges: Vec<Edge>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Act {
    Place(usize),
    /// An edge of the table; for a success, the provider was asked and told us.
    Happens(usize, CaseEvent),
    /// The person pays, as late as they like; the provider sends two notifications.
    Pay(usize),
    Deliver(usize),
    Lose(usize),
    /// The provider closes the payment of an order that ended.
    Close(usize),
    /// The provider sends the money back.
    Return(usize),
    ProcessElsewhere,
}

impl Machine {
    fn next(&self, order: &Order, event: CaseEvent) -> Option<CaseState> {
        self.edges.iter().find(|(from, by, _)| *from == order.state && *by == event).map(|(_, _, to)| *to)
    }

    fn possible(&self, world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        for who in 0..world.orders.len() {
            let Some(order) = &world.orders[who] else {
                if world.is_free() {
                    acts.push(Act::Place(who));
                }
                continue;
            };
            let events = CaseEvent::ALL.iter().copied();
            let events = events.filter(|event| self.next(order, *event).is_some());
            acts.extend(
                events.filter(|event| world.allows(order, *event)).map(|event| Act::Happens(who, event)),
            );
            if order.money == Money::Asked {
                acts.push(Act::Pay(who));
                if matches!(order.state, CaseState::Lapsed | CaseState::Cancelled) {
                    acts.push(Act::Close(who));
                }
            }
            if order.letters > 0 {
                acts.extend([Act::Deliver(who), Act::Lose(who)]);
            }
            if order.state == CaseState::Refunding && order.money == Money::Captured {
                acts.push(Act::Return(who));
            }
        }
        if !world.elsewhere && !matches!(world.record, Record::Processed(_)) {
            acts.push(Act::ProcessElsewhere);
        }
        acts
    }

    fn after(&self, world: &World, act: Act) -> Option<World> {
        let mut after = world.clone();
        let who = match act {
            Act::ProcessElsewhere => {
                after.elsewhere = true;
                return Some(after);
            }
            Act::Place(who) => {
                after.record = Record::Held(who);
                after.orders[who] = Some(Order {
                    state: CaseState::Placed,
                    holds: true,
                    money: Money::NotAsked,
                    noted: false,
                    failed: false,
                    letters: 0,
                });
                return Some(after);
            }
            Act::Happens(who, _)
            | Act::Pay(who)
            | Act::Deliver(who)
            | Act::Lose(who)
            | Act::Close(who)
            | Act::Return(who) => who,
        };
        let mut order = after.orders[who].take()?;
        match act {
            Act::Happens(_, event) => {
                let next = self.next(&order, event)?;
                after.happens(who, &mut order, event, next);
            }
            Act::Deliver(_) => {
                order.letters -= 1;
                // What is not noted is not acknowledged, and a copy of what is known changes nothing.
                if !order.noted {
                    let next = self.next(&order, CaseEvent::PaymentSucceeded)?;
                    after.happens(who, &mut order, CaseEvent::PaymentSucceeded, next);
                }
            }
            Act::Pay(_) => (order.money, order.letters) = (Money::Captured, 2),
            Act::Lose(_) => order.letters -= 1,
            Act::Close(_) => order.money = Money::Closed,
            Act::Return(_) => order.money = Money::Returned,
            Act::Place(_) | Act::ProcessElsewhere => {}
        }
        after.orders[who] = Some(order);
        Some(after)
    }
}

fn reaches<const INDEX: usize>() -> Property<Machine> {
    Property::sometimes(MACHINE.states()[INDEX].code(), |_, world: &World| {
        let state = MACHINE.states()[INDEX];
        world.all().any(|(_, order)| order.state == state)
    })
}

const SAFE: &str = "a captured payment ends settled or refunded";
const FINITE: &str = "whatever happens brings all nearer to the end";
const ONE_HOLDER: &str = "at most one open order holds the record, and the record knows which";
const WAITING: &str = "an order that waits for its payment holds its record";
const ENDED: &str = "an ended order holds nothing";
const SETTLED: &str = "a settled order has its payment and its record, which nobody settles twice";
const RETURNED: &str = "money goes back for a refund alone";
const NO_DEAD_END: &str = "where nothing can happen any more, every order rests";

impl Model for Machine {
    type State = World;
    type Action = Act;

    fn init_states(&self) -> Vec<World> {
        vec![World { orders: [None, None], record: Record::Free, elsewhere: false }]
    }

    fn actions(&self, world: &World, acts: &mut Vec<Act>) {
        acts.extend(self.possible(world));
    }

    fn next_state(&self, world: &World, act: Act) -> Option<World> {
        self.after(world, act)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ONE_HOLDER, |_, world: &World| {
                let open = |order: &Order| order.holds && MACHINE.holds(order.state);
                world.every(|who, order| open(order) == (world.record == Record::Held(who)))
            }),
            Property::always(WAITING, |_, world: &World| {
                let waits = |order: &Order| matches!(order.state, CaseState::Placed | CaseState::Paying);
                world.every(|who, order| !waits(order) || order.holds && world.record == Record::Held(who))
            }),
            Property::always(ENDED, |_, world: &World| {
                world.every(|who, order| !order.ended() || !order.holds && world.record != Record::Held(who))
            }),
            Property::always(SETTLED, |_, world: &World| {
                world.every(|who, order| {
                    (order.state == CaseState::Settled) == (world.record == Record::Processed(who))
                        && (order.state != CaseState::Settled || order.money == Money::Captured)
                })
            }),
            Property::always(RETURNED, |_, world: &World| {
                world.every(|_, order| {
                    let back = matches!(order.state, CaseState::Refunding | CaseState::Refunded);
                    back || order.money != Money::Returned
                })
            }),
            Property::always(NO_DEAD_END, |machine: &Self, world: &World| {
                !machine.possible(world).is_empty() || world.every(|_, order| order.rests())
            }),
            Property::always(SAFE, |machine: &Self, world: &World| {
                !machine.possible(world).is_empty()
                    || world
                        .every(|_, order| order.money != Money::Captured || order.state == CaseState::Settled)
            }),
            Property::always(FINITE, |machine: &Self, world: &World| {
                let after = machine.possible(world).into_iter().filter_map(|act| machine.after(world, act));
                after.into_iter().all(|next| next.progress() > world.progress())
            }),
            reaches::<0>(),
            reaches::<1>(),
            reaches::<2>(),
            reaches::<3>(),
            reaches::<4>(),
            reaches::<5>(),
            reaches::<6>(),
            reaches::<7>(),
        ]
    }
}

fn checked(edges: Vec<Edge>, until: HasDiscoveries) -> impl Checker<Machine> {
    Machine { edges }.checker().finish_when(until).spawn_bfs().join()
}

#[test]
fn the_machine_keeps_every_promise_in_every_order_of_events() {
    assert_eq!(MACHINE.states().len(), 8, "each state is asked for by `reaches`");
    let checker = checked(MACHINE.edges.to_vec(), HasDiscoveries::All);
    checker.assert_properties();
    assert!(checker.unique_state_count() > 5_000, "{} worlds", checker.unique_state_count());
}

#[test]
fn a_table_that_loses_money_or_records_is_found() {
    use CaseEvent as E;
    use CaseState as S;
    let without = |from: S, by: E| -> Vec<Edge> {
        MACHINE.edges.iter().copied().filter(|(state, event, _)| (*state, *event) != (from, by)).collect()
    };
    let with = |edge: Edge| -> Vec<Edge> { MACHINE.edges.iter().copied().chain([edge]).collect() };
    for (edges, broken) in [
        (without(S::Lapsed, E::PaymentSucceeded), SAFE),
        (without(S::Cancelled, E::PaymentSucceeded), SAFE),
        (without(S::Refunding, E::RefundSucceeded), NO_DEAD_END),
        (without(S::Paid, E::Refund), NO_DEAD_END),
        (with((S::Paid, E::Lapse, S::Lapsed)), SAFE),
        (with((S::Paid, E::Cancel, S::Cancelled)), SAFE),
        (with((S::Lapsed, E::StartPayment, S::Paying)), WAITING),
    ] {
        let found = checked(edges, HasDiscoveries::AnyOf([broken].into())).discoveries();
        assert!(found.contains_key(broken), "{:?} and not: {broken}", found.keys());
    }
    let unsettled = checked(without(S::Paid, E::Settle), HasDiscoveries::All);
    assert!(unsettled.discovery(S::Settled.code()).is_none(), "no payment settles without its edge");
}
