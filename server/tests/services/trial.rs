//! A procedure that no program ships: a place in a course, of which there are few. An officer reviews each application,
//! it costs nothing, and it lapses after three days. It shows what a new kind of case must declare.

use app::api::ServiceError;
use app::visit::FieldError;
use async_trait::async_trait;
use chrono::TimeDelta;
use rules::Moment;
use rules::families::camera::rule;
use rules::kernel::{CaseEvent as E, CaseState as S, Machine, Refusal, Remedy, SourceId, Value, Verdict};
use rules::licence::{LicenceState, LicenceStates};
use rules::money::Fen;
use rules::place::PlaceId;
use rules::rulebook::Rulebook;
use serde::{Deserialize, Serialize};
use server::caller::Person;
use server::db::cases::CaseRow;
use server::db::{Fault, registry};
use server::engine::{Again, Application, Body, Decision, Draft, PaymentTerms, Procedure, Resource, Tx};
use server::state::State;

pub const KIND: &str = "trial-course";
pub const PLACES: u32 = 20;
pub const OPEN_FOR: TimeDelta = TimeDelta::days(3);
const REFUSED: &str = "refund.no-longer-eligible";

const MACHINE: Machine = Machine {
    initial: S::UnderReview,
    edges: &[
        (S::UnderReview, E::Approve, S::Placed),
        (S::UnderReview, E::Decline, S::Declined),
        (S::UnderReview, E::Lapse, S::Lapsed),
        (S::UnderReview, E::Cancel, S::Cancelled),
        (S::Placed, E::Settle, S::Settled),
        (S::Placed, E::Decline, S::Declined),
    ],
    holding: &[S::UnderReview, S::Placed],
};

/// What the decision reads, and what is kept of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Facts {
    /// Empty without a licence.
    licence_states: LicenceStates,
}

impl Facts {
    async fn read(tx: &mut Tx<'_>, person: &str) -> Result<Self, Fault> {
        let licence = registry::find_licence(tx.connection, person).await?;
        Ok(Self { licence_states: licence.map_or(LicenceStates::EMPTY, |licence| licence.states.0) })
    }

    /// A suspended licence is refused.
    fn judge(&self, rulebook: &Rulebook) -> Verdict {
        let refusal = Refusal {
            rule: rule::LICENCE_STATE,
            found: Value::Yes(true),
            required: Value::Yes(false),
            source: SourceId(0),
            remedy: Remedy::MendLicence,
            passes_at: None,
        };
        let suspended = self.licence_states.contains(LicenceState::Suspended);
        let refusals = suspended.then_some(refusal).into_iter().collect();
        Verdict { rulebook: rulebook.version.clone(), place: None, refusals }
    }

    fn decide(&self, state: &State) -> Result<Decision, Fault> {
        Decision::of(self, vec![self.judge(&state.rulebook)])
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Course {
    course: String,
}

impl Body for Course {
    const VERSION: u32 = 1;
}

/// What a person applies for.
#[derive(Clone)]
pub struct CourseApplication {
    pub course: String,
}

#[async_trait]
impl Application for CourseApplication {
    const KIND: &'static str = KIND;
    type Loaded = Facts;

    fn digest(&self) -> String {
        self.course.clone()
    }

    async fn load(&self, tx: &mut Tx<'_>, person: &Person) -> Result<Facts, Fault> {
        Facts::read(tx, &person.id).await
    }

    fn decide(&self, state: &State, facts: &Facts) -> Result<Decision, Fault> {
        facts.decide(state)
    }

    fn draft(&self, _: &State, _: &Facts, now: Moment) -> Result<Draft, Fault> {
        let place = PlaceId::try_from("kunming".to_owned());
        Ok(Draft {
            place: place.map_err(|error| Fault::Internal(error.to_string()))?,
            price: Fen::ZERO,
            deadline: Some(now + OPEN_FOR),
            body: Course { course: self.course.clone() }.write()?,
        })
    }
}

/// Places in courses.
pub struct Courses;

#[async_trait]
impl Procedure for Courses {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn machine(&self) -> &'static Machine {
        &MACHINE
    }

    /// A place in the course, and that the person has no other one in it.
    async fn resources(&self, _: &mut Tx<'_>, case: &CaseRow) -> Result<Vec<Resource>, Fault> {
        let course = Course::of(case)?.course;
        let member = format!("{course}/{}", case.person_id);
        Ok(vec![
            Resource { kind: "course-place", name: course, places: PLACES },
            Resource { kind: "course-member", name: member, places: 1 },
        ])
    }

    fn taken(&self) -> ServiceError {
        ServiceError::Invalid(vec![FieldError::new("course", "error.records.taken")])
    }

    async fn decide_again(&self, tx: &mut Tx<'_>, case: &CaseRow) -> Result<Again, Fault> {
        let decision = Facts::read(tx, &case.person_id).await?.decide(tx.state)?;
        Ok(match decision.passes() {
            true => Again::Settles(decision),
            false => Again::GoesBack { reason: REFUSED, decision: Some(decision) },
        })
    }

    async fn settle(&self, _: &mut Tx<'_>, _: &CaseRow) -> Result<(), Fault> {
        Ok(())
    }

    fn payment_terms(&self, _: &State, case: &CaseRow, _: Moment) -> Result<PaymentTerms, Fault> {
        let page = format!("/courses/{}", case.id);
        Ok(PaymentTerms { description: "培训".into(), page, channel: None, closed_hours: None })
    }

    fn replay(&self, facts: &str, rulebook: &Rulebook) -> Result<Vec<Verdict>, serde_json::Error> {
        Ok(vec![serde_json::from_str::<Facts>(facts)?.judge(rulebook)])
    }

    fn check_body(&self, case: &CaseRow) -> Result<(), Fault> {
        Course::of(case).map(drop)
    }
}
