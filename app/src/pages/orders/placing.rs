//! The steps before an order: the notice, the decision to check, the code.

use leptos::prelude::*;
use rules::camera::LARGEST_SELECTION;

use crate::api::account::CodeSent;
use crate::api::orders::{Agreement, Divided, Part, Proposal, Proposed, records_query};
use crate::api::{redirect, services};
use crate::components::{
    ActionBar, Button, ButtonKind, ButtonLink, Card, Checkbox, Layout, Notice as NoticeFacts, PostForm,
    RefusalCard, RefusalWords, SmsCodeField, SummaryList, SummaryRow, Warning, hours_words, language,
    money_words, say, say_with, time_words,
};
use crate::islands::Once;
use crate::pages::account::CodeWords;
use crate::pages::violations::{OfficeView, act, penalty_words};
use crate::pages::{channel_words, loaded, parameter, query, query_all};
use crate::visit::visit;

fn back(vehicle: &str) -> String {
    format!("/vehicles/{vehicle}")
}

fn ids(proposal: &Proposal) -> Vec<String> {
    proposal.records.iter().map(|record| record.id.clone()).collect()
}

/// The chosen records for the next step's form.
fn hidden(proposal: &Proposal) -> Vec<(String, String)> {
    let vehicle = ("vehicle".to_owned(), proposal.vehicle.id.clone());
    let records = ids(proposal).into_iter().map(|id| ("records[]".to_owned(), id));
    let Agreement { agreed, notice } = agreement();
    let agreement = [("agreed".to_owned(), agreed), ("notice".to_owned(), notice)];
    std::iter::once(vehicle).chain(records).chain(agreement).collect()
}

/// The agreement that this page's address carries.
fn agreement() -> Agreement {
    Agreement { agreed: query("agreed"), notice: query("notice") }
}

/// Leads whoever has not agreed to this notice back to it.
fn has_agreed(proposal: &Proposal) -> bool {
    let agreed = agreement() == Agreement { agreed: "yes".into(), notice: proposal.notice.clone() };
    if !agreed {
        let records = records_query(&ids(proposal));
        redirect(&format!("{}/notice?{records}&agreed=no", back(&proposal.vehicle.id)));
    }
    agreed
}

/// Shows the proposal, why it is refused, or how it is divided; without any record back to the list.
fn with_proposal<V: IntoView + 'static>(show: impl FnOnce(Proposal) -> V + Send + 'static) -> impl IntoView {
    let (vehicle, records) = (parameter("vehicle"), query_all("records"));
    if records.is_empty() {
        redirect(&back(&vehicle));
        return ().into_any();
    }
    loaded(async move { services().orders.propose(&vehicle, &records).await }, |proposed| {
        answered(proposed, |proposal| show(proposal).into_any())
    })
    .into_any()
}

fn answered(proposed: Proposed, show: impl FnOnce(Proposal) -> AnyView) -> AnyView {
    match proposed {
        Proposed::Whole(proposal) if proposal.selection.passes() => show(*proposal),
        Proposed::Whole(proposal) => view! { <Refused proposal=*proposal/> }.into_any(),
        Proposed::Divided(divided) => view! { <DividedSelection divided/> }.into_any(),
    }
}

/// One order per place and so many records: each is chosen by a link of its own.
#[component]
fn DividedSelection(divided: Divided) -> impl IntoView {
    let base = back(&divided.vehicle.id);
    let parts = divided.parts.into_iter().map(|part: Part| {
        let place = language().pick(part.place_zh, part.place_en);
        let fine = money_words(part.fine);
        let penalty = say_with("page.records.penalty", &[("fine", &fine), ("points", &part.points.0)]);
        let count = part.records.len();
        let heading = say_with("page.divided.part", &[("place", &place), ("count", &count)]);
        let act = say_with("page.divided.act", &[("place", &place), ("count", &count)]);
        view! {
            <section class="lt-section">
                <h2>{heading}</h2>
                <p>{penalty}</p>
                <ButtonLink href=format!("{base}/notice?{}", records_query(&part.records)) kind=ButtonKind::Secondary>
                    {act}
                </ButtonLink>
            </section>
        }
    });
    let parts = parts.collect_view();
    let errors = visit().flash.map(|flash| flash.errors).unwrap_or_default();
    let most = LARGEST_SELECTION;
    view! {
        <Layout title=say("page.divided.title") back=base transaction=true registry_data=true errors>
            <p>{say_with("page.divided.words", &[("count", &most)])}</p>
            {parts}
        </Layout>
    }
}

#[component]
fn Refused(proposal: Proposal) -> impl IntoView {
    let rulebook = services().portal.rulebook();
    let base = back(&proposal.vehicle.id);
    let largest: Vec<String> =
        proposal.selection.largest.iter().map(|index| proposal.records[*index].id.clone()).collect();
    let fewer = (!largest.is_empty()).then(|| format!("{base}/notice?{}", records_query(&largest)));
    let office = proposal.records[0].office.clone();
    let answers = proposal.records.iter().zip(&proposal.selection.verdicts);
    let answers = answers.filter(|(_, verdict)| !verdict.passes()).map(|(record, verdict)| {
        let refusals = RefusalWords::all(verdict, &rulebook)
            .into_iter()
            .map(|refusal| view! { <RefusalCard refusal/> })
            .collect_view();
        view! {
            <section class="lt-section">
                <h2>{format!("{} · {}", act(record), time_words(record.facts.violated_at))}</h2>
                {refusals}
            </section>
        }
    });
    let answers = answers.collect_view();
    let largest = largest.len();
    view! {
        <Layout title=say("page.refused.title") back=base transaction=true registry_data=true errors=visit().errors_of("confirm")>
            <p>{say("page.refused.words")}</p>
            {fewer.map(|href| view! {
                <ButtonLink href=href kind=ButtonKind::Secondary>
                    {say_with("page.refused.largest", &[("count", &largest)])}
                </ButtonLink>
            })}
            {answers}
            <OfficeView office/>
        </Layout>
    }
}

#[component]
pub fn Notice() -> impl IntoView {
    with_proposal(|proposal| {
        let base = back(&proposal.vehicle.id);
        let records =
            ids(&proposal).into_iter().map(|id| view! { <input type="hidden" name="records" value=id/> });
        let records = records.collect_view();
        let points = |points: rules::licence::Points| say_with("frame.points", &[("points", &points.0)]);
        let mut facts = vec![
            (say("page.notice.pay"), money_words(proposal.selection.fine)),
            (say("page.notice.points-after"), points(proposal.selection.points_after)),
            (say("page.notice.until"), time_words(proposal.pays_until)),
        ];
        facts.extend(proposal.channel.map(|channel| (say("page.notice.channel"), channel_words(channel))));
        let place = language().pick(proposal.place_zh, proposal.place_en);
        let hours = proposal.closed_hours.map(|closed| hours_words(closed.from_minute, closed.until_minute));
        let unagreed = query("agreed") == "no";
        view! {
            <Layout title=say("page.notice.title") own_heading=true back=base.clone() step=(2, 5) transaction=true registry_data=true errors=visit().errors_of("notice")>
                <NoticeFacts title=say("page.notice.title") facts>
                    <ul class="govuk-list govuk-list--bullet">
                        <li>{say_with("page.notice.place", &[("place", &place)])}</li>
                        <li>{say_with("page.notice.window", &[("minutes", &proposal.window_minutes)])}</li>
                        {hours.map(|hours| view! { <li>{say_with("page.notice.hours", &[("hours", &hours)])}</li> })}
                        <li>{say("page.notice.delay")}</li>
                        <li>{say("page.notice.dispute")}</li>
                        <li>{say("page.notice.free")}</li>
                    </ul>
                    {unagreed.then(|| view! { <Warning>{say("page.notice.agree-first")}</Warning> })}
                    <form method="get" action=format!("{base}/decision")>
                        {records}
                        <input type="hidden" name="notice" value=proposal.notice/>
                        <Checkbox form="notice" name="agreed" label=say("page.notice.agree")/>
                        <ActionBar><Button>{say("page.notice.next")}</Button></ActionBar>
                    </form>
                </NoticeFacts>
            </Layout>
        }
    })
}

#[component]
pub fn Decision() -> impl IntoView {
    with_proposal(|proposal| {
        if !has_agreed(&proposal) {
            return ().into_any();
        }
        let back = format!("{}/notice?{}", back(&proposal.vehicle.id), records_query(&ids(&proposal)));
        let sum = sum_words(&proposal);
        let hidden = hidden(&proposal);
        let cards = proposal.records.iter().map(decision_card).collect_view();
        let rows = total_rows(&proposal);
        let to = say_with("page.decision.phone", &[("phone", &proposal.phone)]);
        view! {
            <Layout title=say("page.decision.title") back=back step=(3, 5) transaction=true registry_data=true errors=visit().errors_of("decision")>
                {cards}
                <SummaryList rows/>
                <p class="lt-quiet">{say("page.decision.effect")}</p>
                <p>{to}</p>
                <PostForm action="/api/orders/code/send" hidden=hidden>
                    <ActionBar sum=sum><Button>{say("page.sign-in.send")}</Button></ActionBar>
                </PostForm>
            </Layout>
        }
        .into_any()
    })
}

fn sum_words(proposal: &Proposal) -> String {
    let fine = money_words(proposal.selection.fine);
    say_with("page.records.penalty", &[("fine", &fine), ("points", &proposal.selection.points.0)])
}

fn total_rows(proposal: &Proposal) -> Vec<SummaryRow> {
    let points = |points: rules::licence::Points| say_with("frame.points", &[("points", &points.0)]);
    vec![
        SummaryRow::new(say("page.decision.fine"), money_words(proposal.selection.fine)),
        SummaryRow::new(say("page.decision.points"), points(proposal.selection.points)),
        SummaryRow::new(say("page.notice.points-after"), points(proposal.selection.points_after)),
        SummaryRow::new(say("page.notice.until"), time_words(proposal.pays_until)),
    ]
}

/// The decision as it will read: act, time and place, law, penalty.
fn decision_card(record: &crate::api::violations::RecordCard) -> impl IntoView + use<> {
    let (time, act) = (time_words(record.facts.violated_at), act(record));
    let fact = say_with("page.decision.fact", &[("time", &time), ("where", &record.location), ("act", &act)]);
    let penalty = penalty_words(record);
    let laws = [record.laws.penalty.clone(), record.laws.points.clone()];
    let laws =
        laws.into_iter().flatten().map(|law| view! { <p class="lt-card__meta" lang="zh-CN">{law}</p> });
    let laws = laws.collect_view();
    let href = format!("/vehicles/{}/records/{}", record.vehicle_id, record.id);
    view! {
        <Card heading=act href=href>
            <p>{fact}</p>
            {laws}
            <p><strong>{penalty}</strong></p>
        </Card>
    }
}

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
    let back = format!("{}/decision?{records}&{}", back(&proposal.vehicle.id), agreement().query());
    let again = hidden(&proposal);
    let points = proposal.selection.points.0;
    let sum = sum_words(&proposal);
    let first = hidden(&proposal);
    view! {
        <Layout title=say("page.confirm.title") back=back step=(4, 5) transaction=true registry_data=true errors=visit().errors_of("confirm")>
            <Once busy=say("page.confirm.busy")/>
            <CodeWords sent/>
            <PostForm action="/api/orders/place" hidden=first once=true>
                <SmsCodeField form="confirm"/>
                <ActionBar sum=sum><Button>{say_with("page.confirm.act", &[("points", &points)])}</Button></ActionBar>
            </PostForm>
            <PostForm action="/api/orders/code/send" hidden=again>
                <Button kind=ButtonKind::Quiet>{say("page.confirm.again")}</Button>
            </PostForm>
        </Layout>
    }
}
