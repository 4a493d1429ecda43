//! The code that confirms the decision.

use leptos::prelude::*;

use super::{agreement, answered, has_agreed, hidden, ids, list_of, penalty_sum, place};
use crate::api::account::CodeSent;
use crate::api::orders::{Proposal, Proposed, records_query};
use crate::api::services;
use crate::components::{Dock, Layout, PostForm, ResendButton, SmsCodeField, money_figure, say, say_with};
use crate::pages::account::CodeWords;
use crate::pages::{loaded, parameter, query_all};
use crate::visit::visit;

const CONFIRM: &str = "confirm";

#[component]
pub fn Confirm() -> impl IntoView {
    let (vehicle, records) = (parameter("vehicle"), query_all("records"));
    let both = async move {
        let proposed = services().orders.propose(&vehicle, &records).await?;
        let sent = match &proposed {
            Proposed::Whole(_) => Some(services().orders.code_sent(&vehicle, &records).await?),
            Proposed::Divided(_) => None,
        };
        Ok((proposed, sent))
    };
    loaded(both, |(proposed, sent)| {
        answered(proposed, |proposal| {
            let sent = sent.filter(|_| has_agreed(&proposal));
            sent.map(|sent| view! { <ConfirmForm proposal sent/> }).into_any()
        })
    })
}

#[component]
fn ConfirmForm(proposal: Proposal, sent: CodeSent) -> impl IntoView {
    let records = records_query(&ids(&proposal));
    let back = format!("{}/decision?{records}&{}", list_of(&proposal.vehicle.id), agreement().query());
    let (first, again) = (hidden(&proposal), hidden(&proposal));
    let points = proposal.selection.points.0;
    let act = say_with("page.confirm.act", &[("points", &points)]);
    let sum = money_figure(proposal.selection.fine);
    let what = [
        ("place", &place(&proposal) as &dyn std::fmt::Display),
        ("plate", &proposal.vehicle.plate.spoken()),
        ("count", &proposal.records.len()),
        ("penalty", &penalty_sum(&proposal)),
    ];
    let what = say_with("page.confirm.what", &what);
    let seconds = (sent.again_at - visit().now).num_seconds().max(0);
    let dock = view! { <Dock form=CONFIRM act=act sum=sum/> }.into_any();
    view! {
        <Layout title=say("page.confirm.title") back=back step=(4, 5) transaction=true registry_data=true errors=visit().errors_of(CONFIRM) dock=dock>
            <p>{what}</p>
            <CodeWords sent/>
            <PostForm action="/api/orders/place" hidden=first once=true id=CONFIRM>
                <SmsCodeField form=CONFIRM/>
            </PostForm>
            <PostForm action="/api/orders/code/send" hidden=again once=true>
                <ResendButton seconds>{say("page.confirm.again")}</ResendButton>
            </PostForm>
        </Layout>
    }
}
