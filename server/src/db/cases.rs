//! Cases and where they stand. Each write is guarded by what it saw.

use rules::Moment;
use rules::kernel::CaseState;
use rules::money::Fen;
use rules::place::PlaceId;
use sqlx::FromRow;

use super::column::Timestamp;
use super::queries;

#[derive(Clone, Debug, FromRow)]
pub struct CaseRow {
    pub person_id: String,
    pub id: String,
    /// The number that people see.
    pub number: String,
    pub account_id: String,
    /// The kind of its procedure.
    pub kind: String,
    #[sqlx(try_from = "String")]
    pub place: PlaceId,
    #[sqlx(try_from = "String")]
    pub state: CaseState,
    #[sqlx(try_from = "i64")]
    pub price: Fen,
    pub placed_at: Timestamp,
    /// None where only people end it.
    pub deadline_at: Option<Timestamp>,
    /// The form's own key.
    pub key: String,
    /// Of the application that the key was first used for.
    pub digest: String,
    pub rulebook: String,
    /// The key of a text: why the money goes back.
    pub reason: Option<String>,
    /// JSON with its version.
    pub body: String,
}

impl CaseRow {
    pub fn case_key(&self) -> CaseKey {
        CaseKey { person_id: self.person_id.clone(), id: self.id.clone() }
    }
}

/// A case's key wherever only that is needed.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CaseKey {
    pub person_id: String,
    pub id: String,
}

/// The columns of [`CaseRow`].
macro_rules! case_columns {
    () => {
        "person_id, id, number, account_id, kind, place, state, price, placed_at, deadline_at, key, digest, \
         rulebook, reason, body"
    };
}
pub(super) use case_columns;

queries! {
    /// One case at a time per person: whoever else places for the same person waits for this transaction's end.
    pub fn lock_person(person: &str) -> run =
        "update accounts set created_at = created_at where person_id = $1";

    /// One change at a time per case: whoever else changes it waits for this transaction's end, and then reads what it
    /// came to. Who locks both locks the person first.
    pub fn lock_case(case: &CaseKey) -> run =
        "update cases set state = state where person_id = $1 and id = $2";

    pub fn insert_case(case: &CaseRow) [
        &case.person_id, &case.id, &case.number, &case.account_id, &case.kind, &case.place, case.state,
        case.price, case.placed_at, case.deadline_at, &case.key, &case.digest, &case.rulebook, &case.body
    ] -> run =
        "insert into cases (person_id, id, number, account_id, kind, place, state, price, placed_at, \
        deadline_at, key, digest, rulebook, body) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

    /// Moves the case from the state that was seen; false when it has moved on since.
    pub fn move_case(case: &CaseKey, seen: CaseState, next: CaseState) -> changed =
        "update cases set state = $4 where person_id = $1 and id = $2 and state = $3";

    pub fn say_reason(case: &CaseKey, reason: &str) -> run =
        "update cases set reason = $3 where person_id = $1 and id = $2";

    pub fn find_case(case: &CaseKey) -> first CaseRow =
        concat!("select ", case_columns!(), " from cases where person_id = $1 and id = $2");

    pub fn find_case_by_key(person: &str, key: &str) -> first CaseRow =
        concat!("select ", case_columns!(), " from cases where person_id = $1 and key = $2");

    /// Newest first; 200 at most.
    pub fn cases_of(person: &str, kind: &str) -> all CaseRow =
        concat!("select ", case_columns!(), " from cases where person_id = $1 and kind = $2 \
            order by placed_at desc, id desc limit 200");

    /// The cases of the person that have a receipt.
    pub fn receipted_cases_of(person: &str, kind: &str) -> all CaseRow =
        concat!("select ", case_columns!(), " from cases where person_id = $1 and kind = $2 \
            and id in (select case_id from receipts where person_id = $1)");

    /// Cases whose deadline is over and that may lapse, the oldest first; 100 at most.
    pub fn overdue(now: Moment) -> all CaseKey =
        "select person_id, id from cases where state in ('under-review', 'placed', 'paying') \
        and deadline_at <= $1 order by deadline_at limit 100";

    /// Every case of the kind: what a new version must be able to read.
    pub fn all_of_kind(kind: &str) -> all CaseRow =
        concat!("select ", case_columns!(), " from cases where kind = $1 order by person_id, id");
}
