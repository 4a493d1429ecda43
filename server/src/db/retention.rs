//! Forgets what has had its time and has no store module of its own.

use rules::Moment;

use super::cases::{CaseKey, CaseRow, case_columns};
use super::queries;

queries! {
    /// Forgets the provider's notices that came before then.
    pub fn purge_notifications(before: Moment) -> run =
        "delete from notifications where received_at < $1";

    /// Cases that ended before then without any money, the oldest first and so many at most.
    pub fn ended_without_money(before: Moment, limit: i64) -> all CaseRow =
        concat!("select ", case_columns!(), " from cases c where state in ('lapsed', 'cancelled') \
            and coalesce(deadline_at, placed_at) < $1 \
            and not exists (select 1 from payments p where p.person_id = c.person_id and p.case_id = c.id and p.state <> 'closed') \
            and not exists (select 1 from refunds r where r.person_id = c.person_id and r.case_id = c.id) \
            and not exists (select 1 from ledger l where l.person_id = c.person_id and l.case_id = c.id) \
            order by coalesce(deadline_at, placed_at) limit $2");

    pub fn forget_holds(case: &CaseKey) -> run =
        "delete from holds where person_id = $1 and case_id = $2";

    pub fn forget_events(case: &CaseKey) -> run =
        "delete from case_events where person_id = $1 and case_id = $2";

    pub fn forget_payments(case: &CaseKey) -> run =
        "delete from payments where person_id = $1 and case_id = $2";

    pub fn forget_case(case: &CaseKey) -> run =
        "delete from cases where person_id = $1 and id = $2";
}
