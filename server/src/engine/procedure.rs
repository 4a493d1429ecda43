//! The interface between the engine and a service. A `Procedure` implements the life of one kind of case. An `Application`
//! opens a case.

use std::sync::Arc;

use app::api::ServiceError;
use async_trait::async_trait;
use rules::Moment;
use rules::hours::ClosedHours;
use rules::kernel::{Machine, Verdict};
use rules::money::Fen;
use rules::payment::PaymentChannel;
use rules::place::PlaceId;
use rules::rulebook::Rulebook;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use crate::caller::Person;
use crate::db::Fault;
use crate::db::cases::{CaseKey, CaseRow};
use crate::state::State;

/// A transaction and what its work needs.
pub struct Tx<'a> {
    pub connection: &'a mut AnyConnection,
    pub state: &'a State,
    /// One moment for the whole transaction.
    pub now: Moment,
}

impl<'a> Tx<'a> {
    pub fn new(connection: &'a mut AnyConnection, state: &'a State) -> Self {
        Self { connection, state, now: state.clock.now() }
    }

    /// The procedure of the case's kind.
    pub fn procedure(&self, case: &CaseRow) -> Result<&'a dyn Procedure, Fault> {
        let state = self.state;
        state.procedures.of(case)
    }
}

/// What is stored as JSON. `what` names it in the error.
pub(super) fn json(what: &str, value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|error| Fault::Internal(format!("{what} as JSON: {error}")))
}

/// A resource that a limited number of cases can hold at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    pub kind: &'static str,
    /// Its name among those of its kind.
    pub name: String,
    /// How many cases may hold it at a time.
    pub places: u32,
}

/// Facts and verdicts of one decision, for the file: judging the facts again gives the same.
#[derive(Clone, Debug)]
pub struct Decision {
    /// JSON in the procedure's own shape.
    pub facts: String,
    pub verdicts: Vec<Verdict>,
}

impl Decision {
    pub fn of(facts: &impl Serialize, verdicts: Vec<Verdict>) -> Result<Self, Fault> {
        Ok(Self { facts: json("facts", facts)?, verdicts })
    }

    pub fn passes(&self) -> bool {
        self.verdicts.iter().all(Verdict::passes)
    }
}

/// The result of the second decision, before the case is settled.
pub enum Again {
    Settles(Decision),
    /// `reason` is the key of a text. There is no decision where nothing is left to decide about.
    GoesBack {
        reason: &'static str,
        decision: Option<Decision>,
    },
}

/// How the price of a case is paid.
pub struct PaymentTerms {
    /// The text on the provider's page.
    pub description: String,
    /// The page of the case, from the root.
    pub page: String,
    /// None where no gateway serves the place.
    pub channel: Option<PaymentChannel>,
    pub closed_hours: Option<ClosedHours>,
}

/// Implements the life of one kind of case for the engine.
#[async_trait]
pub trait Procedure: Send + Sync {
    /// As stored in `cases.kind`.
    fn kind(&self) -> &'static str;

    fn machine(&self) -> &'static Machine;

    /// What the case holds while it is open, and for good once it is settled.
    async fn resources(&self, tx: &mut Tx<'_>, case: &CaseRow) -> Result<Vec<Resource>, Fault>;

    /// The error for whoever came too late for a resource.
    fn taken(&self) -> ServiceError;

    /// Decides on the facts as they are now, and locks those that others may change.
    async fn decide_again(&self, tx: &mut Tx<'_>, case: &CaseRow) -> Result<Again, Fault>;

    /// Carries the case out and issues its documents.
    async fn settle(&self, tx: &mut Tx<'_>, case: &CaseRow) -> Result<(), Fault>;

    /// Takes back what `Application::opened` did, before the engine gives the resources back.
    async fn give_back(&self, _: &mut Tx<'_>, _: &CaseRow) -> Result<(), Fault> {
        Ok(())
    }

    /// Does again what was taken back, for a payment that came late. Otherwise gives the reason, a text's key.
    async fn take_again(&self, _: &mut Tx<'_>, _: &CaseRow) -> Result<Option<&'static str>, Fault> {
        Ok(None)
    }

    /// Deletes the procedure's own rows of a case that is forgotten.
    async fn forget(&self, _: &mut Tx<'_>, _: &CaseKey) -> Result<(), Fault> {
        Ok(())
    }

    /// Asked only where the price is more than nothing.
    fn payment_terms(&self, state: &State, case: &CaseRow, now: Moment) -> Result<PaymentTerms, Fault>;

    /// Judges the facts of a stored decision again.
    fn replay(&self, facts: &str, rulebook: &Rulebook) -> Result<Vec<Verdict>, serde_json::Error>;

    /// Checks if the settled case is what the decision saw.
    async fn fits(&self, _: &mut AnyConnection, _: &CaseKey, _facts: &str) -> Result<bool, Fault> {
        Ok(true)
    }

    /// Checks that the stored body can be read.
    fn check_body(&self, case: &CaseRow) -> Result<(), Fault>;

    /// Statements by name; each finds rows that contradict a promise of this kind.
    fn invariants(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// A case's own part, stored as JSON with its version.
pub trait Body: Serialize + DeserializeOwned {
    const VERSION: u32;

    fn write(&self) -> Result<String, Fault> {
        json("a body", &Versioned { version: Self::VERSION, body: self })
    }

    fn of(case: &CaseRow) -> Result<Self, Fault> {
        let corrupt = |problem: String| Fault::corrupt(format!("cases:{}:body", case.id), problem);
        let stored: Versioned<Self> =
            serde_json::from_str(&case.body).map_err(|error| corrupt(error.to_string()))?;
        match stored.version == Self::VERSION {
            true => Ok(stored.body),
            false => Err(corrupt(format!("version {} instead of {}", stored.version, Self::VERSION))),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Versioned<B> {
    version: u32,
    #[serde(flatten)]
    body: B,
}

/// A new case as its application makes it.
pub struct Draft {
    pub place: PlaceId,
    pub price: Fen,
    /// When it lapses unless it is past that.
    pub deadline: Option<Moment>,
    /// A written [`Body`].
    pub body: String,
}

/// What a person applies for. Placing it opens a case.
#[async_trait]
pub trait Application: Clone + Send + Sync + 'static {
    /// The kind of its procedure.
    const KIND: &'static str;
    /// What is read for it: the facts and what the draft needs.
    type Loaded: Send + Sync;

    /// The same for the same application and for no other.
    fn digest(&self) -> String;

    /// Reads what the decision needs; refuses what cannot be decided at all.
    async fn load(&self, tx: &mut Tx<'_>, person: &Person) -> Result<Self::Loaded, Fault>;

    fn decide(&self, state: &State, loaded: &Self::Loaded) -> Result<Decision, Fault>;

    /// What the person must prove beside being signed in. An error that is no fault is stored with what led to it, a
    /// wrong try for example.
    async fn confirm(&self, _: &mut Tx<'_>, _: &Person) -> Result<Result<(), ServiceError>, Fault> {
        Ok(Ok(()))
    }

    fn draft(&self, state: &State, loaded: &Self::Loaded, now: Moment) -> Result<Draft, Fault>;

    /// Stores the procedure's own rows of the new case, each guarded by what was read.
    async fn opened(&self, _: &mut Tx<'_>, _: &CaseRow, _: &Self::Loaded) -> Result<(), Fault> {
        Ok(())
    }
}

/// The procedures of a program by their kinds.
#[derive(Clone)]
pub struct Procedures(Arc<[Box<dyn Procedure>]>);

impl Procedures {
    pub fn new(procedures: Vec<Box<dyn Procedure>>) -> Self {
        Self(procedures.into())
    }

    pub fn iter(&self) -> impl Iterator<Item = &dyn Procedure> {
        self.0.iter().map(|procedure| &**procedure)
    }

    pub fn find(&self, kind: &str) -> Option<&dyn Procedure> {
        self.iter().find(|procedure| procedure.kind() == kind)
    }

    pub fn of(&self, case: &CaseRow) -> Result<&dyn Procedure, Fault> {
        self.find(&case.kind).ok_or_else(|| Fault::corrupt(format!("cases:{}:kind", case.id), &case.kind))
    }
}
