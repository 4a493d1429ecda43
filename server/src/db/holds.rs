//! The resources that cases hold. A resource has a number of places. The database lets one case at a time hold a place.

use super::cases::CaseKey;
use super::queries;

queries! {
    /// The places of the resource that are taken.
    pub fn taken_slots(kind: &str, name: &str) -> values i64 =
        "select slot from holds where kind = $1 and name = $2 and held = 1 order by slot";

    /// Takes the place; false when somebody else was faster.
    pub fn take(case: &CaseKey, kind: &str, name: &str, slot: i64) -> changed =
        "insert into holds (person_id, case_id, kind, name, slot, held) values ($1, $2, $3, $4, $5, 1) \
        on conflict do nothing";

    /// Gives back everything that the case holds.
    pub fn give_back(case: &CaseKey) -> run =
        "update holds set held = 0 where person_id = $1 and case_id = $2 and held = 1";

    /// Forgets what the case has given back, so that it can take it again.
    pub fn forget_given_back(case: &CaseKey) -> run =
        "delete from holds where person_id = $1 and case_id = $2 and held = 0";
}
