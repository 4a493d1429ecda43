//! Vehicles and their camera records: service trait and data.

use async_trait::async_trait;
use leptos::server;
use rules::Moment;
use rules::families::camera::CameraParameters;
use rules::families::camera::{Applicant, RecordFacts, Request, VehicleFacts};
use rules::families::camera::{Group, Outlook};
use rules::kernel::Verdict;
use rules::licence::Renewal;
use rules::money::Fen;
use rules::place::PlaceId;
use rules::plate::PlateNumber;
use rules::vehicle::{Relation, VehicleKind, VehicleStates, VehicleUse};
use rules::violation::{RecordStanding, ViolationCode};
use serde::{Deserialize, Serialize};

use super::account::CodeSent;
use super::{Sent, ServiceError, bounded, finish, services};
use crate::visit::FieldError;

/// A vehicle that the signed-in person may handle records of, or see why not.
#[derive(Clone, Debug, PartialEq)]
pub struct VehicleCard {
    pub id: String,
    pub plate: PlateNumber,
    pub kind: VehicleKind,
    pub usage: VehicleUse,
    pub states: VehicleStates,
    pub relation: Relation,
}

/// Records by what can be done about them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupCounts([u32; Group::ALL.len()]);

impl GroupCounts {
    pub fn add(&mut self, group: Group) {
        self.0[group as usize] += 1;
    }

    pub fn of(&self, group: Group) -> u32 {
        self.0[group as usize]
    }

    /// Records that are not settled.
    pub fn open(&self) -> u32 {
        self.0.iter().sum::<u32>() - self.of(Group::Settled)
    }
}

/// A vehicle in the person's list of vehicles.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnVehicle {
    pub vehicle: VehicleCard,
    pub counts: GroupCounts,
    /// The sum of the fines of the open records.
    pub open_fines: Fen,
}

/// Decision and receipt of a record that an order of the person settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub decision: String,
    pub receipt: String,
}

/// Where the person goes when something can't be done online.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    pub name_zh: String,
    pub name_en: String,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub hotline: Option<Hotline>,
}

/// A phone that answers questions about online handling; it is not the office's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hotline {
    pub name_zh: String,
    pub name_en: String,
    pub phone: String,
    pub hours_zh: Option<String>,
    pub hours_en: Option<String>,
}

/// An office that gives a stamped paper, with what to bring there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperOffice {
    pub name_zh: String,
    pub name_en: String,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub bring_zh: Option<String>,
    pub bring_en: Option<String>,
}

/// The laws that a penalty and its points rest on, with their full titles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Laws {
    /// 处罚依据; none where the table does not know the code.
    pub penalty: Option<String>,
    /// 记分依据; none where the act carries no points.
    pub points: Option<String>,
}

/// A camera record with its verdict for this person, now.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordCard {
    pub id: String,
    pub vehicle_id: String,
    pub code: ViolationCode,
    /// The act in plain words, by language.
    pub act_zh: String,
    pub act_en: String,
    /// Where it happened, as the registry writes it.
    pub location: String,
    /// The city where it happened, in Chinese.
    pub city: String,
    /// The jurisdiction whose rules and amounts hold; none where the place is not served.
    pub place: Option<PlaceId>,
    pub place_zh: String,
    pub place_en: String,
    pub facts: RecordFacts,
    /// How the person stands to the vehicle for this record: a lease counts for its term.
    pub vehicle_facts: VehicleFacts,
    /// The order that holds the record, if it is the person's own.
    pub order: Option<String>,
    pub proof: Option<Proof>,
    pub has_evidence: bool,
    pub laws: Laws,
    pub verdict: Verdict,
    pub office: Office,
}

impl RecordCard {
    /// The group of the record in the list.
    pub fn outlook(&self) -> Outlook {
        Outlook::of(self.facts.state, &self.verdict)
    }

    /// Whether it may be disputed here: nobody has accepted it, and nobody has said so before.
    pub fn disputable(&self) -> bool {
        self.facts.state == RecordStanding::Unprocessed && !self.facts.disputed
    }
}

/// All that the list page shows, and all that the browser needs to judge a selection by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct VehicleRecords {
    pub vehicle: VehicleCard,
    pub applicant: Applicant,
    pub request: Request,
    /// Open ones first, newest first among them.
    pub records: Vec<RecordCard>,
    /// The parameters in force now at each place that occurs among the records.
    pub parameters: Vec<CameraParameters>,
}

/// One record with everything its page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordDetail {
    pub vehicle: VehicleCard,
    pub record: RecordCard,
    pub rulebook: rules::kernel::Version,
    pub dispute: DisputeRights,
    /// What the law of the day of the act and today's say of its points.
    pub points_under_law: rules::violation::PointsUnderLaw,
}

/// The steps of a dispute that are open to the person. The state of the record may close them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisputeRights {
    /// The owner, and whoever may handle the record, may dispute it.
    pub dispute: bool,
    /// A dispute that the registry does not know of may be taken back.
    pub withdraw: bool,
}

impl RecordDetail {
    /// True if this person may dispute the record now.
    pub fn disputable(&self) -> bool {
        self.dispute.dispute && self.record.disputable()
    }
}

/// Something that a person must do now, for the home page; sorted by deadline.
#[derive(Clone, Debug, PartialEq)]
pub enum Attention {
    PayOrder { order: String, plate: PlateNumber, amount: Fen, pays_until: Moment },
    OpenRecords { vehicle: String, plate: PlateNumber, counts: GroupCounts, fines: Fen },
    LicenceEnds { on: chrono::NaiveDate, renewal: Renewal },
}

#[async_trait]
pub trait Violations: Send + Sync {
    /// Own vehicles first, then bound and leased ones.
    async fn vehicles(&self) -> Result<Vec<OwnVehicle>, ServiceError>;
    async fn records(&self, vehicle: &str) -> Result<VehicleRecords, ServiceError>;
    async fn record(&self, vehicle: &str, record: &str) -> Result<RecordDetail, ServiceError>;
    /// Sends the code that confirms the dispute of exactly this record.
    async fn send_dispute_code(&self, vehicle: &str, record: &str) -> Result<(), ServiceError>;
    async fn dispute_code_sent(&self, vehicle: &str, record: &str) -> Result<CodeSent, ServiceError>;
    /// Marks the record as disputed, unless it is held or processed; it can then be decided at the office alone. Saying it
    /// twice is saying it once.
    async fn dispute(&self, vehicle: &str, record: &str, code: &str) -> Result<(), ServiceError>;
    /// Takes the dispute back, unless the registry knows of it.
    async fn withdraw_dispute(&self, vehicle: &str, record: &str) -> Result<(), ServiceError>;
    async fn attention(&self) -> Result<Vec<Attention>, ServiceError>;
}

/// The page of a record; what no vehicle and no record can be called leads nowhere.
fn record_page(vehicle: &str, record: &str) -> String {
    format!("/vehicles/{}/records/{}", bounded(vehicle), bounded(record))
}

#[server(prefix = "/api", endpoint = "records/dispute/code/send")]
pub async fn send_dispute_code(
    #[server(default)] vehicle: String,
    #[server(default)] record: String,
) -> Sent {
    let sent = services().violations.send_dispute_code(&vehicle, &record).await;
    let page = record_page(&vehicle, &record);
    finish(sent.map(|()| format!("{page}/dispute/confirm")), "dispute", &page, &[])
}

#[server(prefix = "/api", endpoint = "records/dispute")]
pub async fn dispute(
    #[server(default)] vehicle: String,
    #[server(default)] record: String,
    #[server(default)] code: String,
) -> Sent {
    let disputed = services().violations.dispute(&vehicle, &record, &code).await;
    let page = record_page(&vehicle, &record);
    // A code is mended where it is typed; the rest is told on the record's page.
    let of_code = |errors: &[FieldError]| errors.iter().any(|error| error.field == "code");
    let typed = matches!(&disputed, Err(ServiceError::Invalid(errors)) if of_code(errors));
    let (form, back) = if typed {
        ("dispute-confirm", format!("{page}/dispute/confirm"))
    } else {
        ("dispute", page.clone())
    };
    finish(disputed.map(|()| format!("{page}/disputed")), form, &back, &[])
}

#[server(prefix = "/api", endpoint = "records/dispute/withdraw")]
pub async fn withdraw_dispute(#[server(default)] vehicle: String, #[server(default)] record: String) -> Sent {
    let withdrawn = services().violations.withdraw_dispute(&vehicle, &record).await;
    let page = record_page(&vehicle, &record);
    finish(withdrawn.map(|()| page.clone()), "dispute", &page, &[])
}
