//! The notice before accepting: three facts, what they mean, and the agreement.

use leptos::prelude::*;

use super::{channel, ids, list_of, place, record_fields, with_proposal};
use crate::api::orders::records_query;
use crate::components::{
    Checkbox, Dock, Layout, Notice as NoticeFacts, hours_words, money_words, near_time_words, say, say_with,
};
use crate::visit::visit;

pub(super) const NOTICE: &str = "notice";

#[component]
pub fn Notice() -> impl IntoView {
    with_proposal(|proposal| {
        let base = list_of(&proposal.vehicle.id);
        let chosen = ids(&proposal);
        let list = format!("{base}?{}", records_query(&chosen));
        let records = record_fields(chosen);
        let (place, channel) = (place(&proposal), channel(&proposal));
        let facts = vec![
            (say("page.notice.pay"), money_words(proposal.selection.fine)),
            (
                say("page.notice.points-after"),
                say_with("frame.points", &[("points", &proposal.selection.points_after.0)]),
            ),
            (say("page.notice.until"), near_time_words(proposal.pays_until)),
        ];
        let window = window_words(proposal.window_minutes);
        let hours = proposal.closed_hours.map(|closed| {
            let hours = hours_words(closed.from_minute, closed.until_minute);
            say_with("page.notice.hours", &[("place", &place), ("hours", &hours)])
        });
        let dock = view! { <Dock form=NOTICE act=say("page.notice.next")/> }.into_any();
        let errors = visit().errors_of(NOTICE);
        view! {
            <Layout title=say("page.notice.title") own_heading=true back=list back_in_history=true step=(2, 5) transaction=true registry_data=true errors=errors dock=dock>
                <NoticeFacts title=say("page.notice.title") facts>
                    <ul class="govuk-list govuk-list--bullet">
                        <li>{say_with("page.notice.place", &[("place", &place)])}</li>
                        <li>{say_with("page.notice.window", &[("window", &window)])}</li>
                        {hours.map(|hours| view! { <li>{hours}</li> })}
                        <li>{say("page.notice.delay")}</li>
                        <li>{say("page.notice.dispute")}</li>
                        {channel.map(|channel| view! {
                            <li>{say_with("page.notice.pay-by", &[("channel", &channel)])}</li>
                        })}
                        <li>{say("page.notice.free")}</li>
                    </ul>
                    <form method="get" action=format!("{base}/decision") id=NOTICE>
                        {records}
                        <input type="hidden" name="notice" value=proposal.notice/>
                        <Checkbox form=NOTICE name="agreed" label=say("page.notice.agree")/>
                    </form>
                </NoticeFacts>
            </Layout>
        }
    })
}

/// "2 小时", or "90 分钟" where the hours are not whole.
pub(super) fn window_words(minutes: i64) -> String {
    if minutes % 60 == 0 {
        say_with("page.notice.window-hours", &[("count", &(minutes / 60))])
    } else {
        say_with("page.notice.window-minutes", &[("count", &minutes)])
    }
}
