//! Disputing a record: what it means, the code that confirms it, and taking it back.

use leptos::prelude::*;
use rules::violation::RecordStanding;

use super::{OfficeView, act};
use crate::api::redirect;
use crate::api::services;
use crate::api::violations::{RecordCard, RecordDetail};
use crate::components::{
    ActionBar, Button, ButtonKind, Layout, PostForm, ResendButton, SmsCodeField, Warning, language, say,
    say_with, time_words,
};
use crate::pages::account::CodeWords;
use crate::pages::{loaded, parameter};
use crate::visit::visit;

fn page_of(record: &RecordCard) -> String {
    format!("/vehicles/{}/records/{}", record.vehicle_id, record.id)
}

/// The record as the form targets know it.
pub fn hidden(record: &RecordCard) -> Vec<(String, String)> {
    vec![("vehicle".into(), record.vehicle_id.clone()), ("record".into(), record.id.clone())]
}

fn line(record: &RecordCard) -> String {
    format!("{} · {}", act(record), time_words(record.facts.violated_at))
}

/// Why it can't be disputed here.
fn refused(detail: &RecordDetail) -> impl IntoView + use<> {
    let held = matches!(
        detail.record.facts.state,
        RecordStanding::HeldByThisOrder | RecordStanding::HeldByOther { .. }
    );
    let why = match (detail.dispute.dispute, held) {
        (false, _) => "error.dispute.not-yours",
        (true, true) => "error.dispute.held",
        (true, false) => "error.dispute.processed",
    };
    view! { <Warning><p>{say(why)}</p></Warning> }
}

/// Shows the form for a record that may be disputed, and the reason for any other.
#[component]
pub fn Dispute() -> impl IntoView {
    let (vehicle, record) = (parameter("vehicle"), parameter("record"));
    loaded(async move { services().violations.record(&vehicle, &record).await }, |detail| {
        let back = page_of(&detail.record);
        if detail.record.facts.disputed {
            redirect(&format!("{back}/disputed"));
            return ().into_any();
        }
        let line = line(&detail.record);
        let form = if detail.disputable() {
            let hidden = hidden(&detail.record);
            let phone = visit().account.map(|account| account.phone).unwrap_or_default();
            view! {
                <p>{say("page.dispute.words")}</p>
                <OfficeView office=detail.record.office/>
                <p>{say_with("page.decision.phone", &[("phone", &phone)])}</p>
                <PostForm action="/api/records/dispute/code/send" hidden=hidden>
                    <ActionBar><Button>{say("page.sign-in.send")}</Button></ActionBar>
                </PostForm>
            }
            .into_any()
        } else {
            refused(&detail).into_any()
        };
        view! {
            <Layout title=say("page.dispute.title") back=back transaction=true registry_data=true>
                <p>{line}</p>
                {form}
            </Layout>
        }
        .into_any()
    })
}

/// The code that went out for this dispute is typed here.
#[component]
pub fn DisputeConfirm() -> impl IntoView {
    let (vehicle, record) = (parameter("vehicle"), parameter("record"));
    let both = async move {
        let detail = services().violations.record(&vehicle, &record).await?;
        let sent = services().violations.dispute_code_sent(&vehicle, &record).await?;
        Ok((detail, sent))
    };
    loaded(both, |(detail, sent)| {
        let page = page_of(&detail.record);
        if !detail.disputable() {
            redirect(&format!("{page}/dispute"));
            return ().into_any();
        }
        let form = "dispute-confirm";
        let (first, again) = (hidden(&detail.record), hidden(&detail.record));
        let back = format!("{page}/dispute");
        let seconds = (sent.again_at - visit().now).num_seconds().max(0);
        view! {
            <Layout title=say("page.confirm.title") back=back transaction=true registry_data=true errors=visit().errors_of(form)>
                <p>{line(&detail.record)}</p>
                <CodeWords sent/>
                <PostForm action="/api/records/dispute" hidden=first once=true>
                    <SmsCodeField form=form/>
                    <ActionBar><Button>{say("page.dispute.act")}</Button></ActionBar>
                </PostForm>
                <PostForm action="/api/records/dispute/code/send" hidden=again>
                    <ResendButton seconds>{say("page.code.again")}</ResendButton>
                </PostForm>
            </Layout>
        }
        .into_any()
    })
}

/// Takes the dispute back, where it may be.
#[component]
pub fn Withdraw(record: RecordCard) -> impl IntoView {
    view! {
        <p>{say("page.dispute.withdraw-words")}</p>
        <PostForm action="/api/records/dispute/withdraw" hidden=hidden(&record)>
            <Button kind=ButtonKind::Secondary>{say("page.dispute.withdraw")}</Button>
        </PostForm>
    }
}

#[component]
pub fn Disputed() -> impl IntoView {
    let (vehicle, record) = (parameter("vehicle"), parameter("record"));
    loaded(async move { services().violations.record(&vehicle, &record).await }, |detail| {
        let record = detail.record;
        if !record.facts.disputed {
            redirect(&page_of(&record));
            return ().into_any();
        }
        let office = language().pick(record.office.name_zh.clone(), record.office.name_en.clone());
        let withdraw = detail.dispute.withdraw.then(|| view! { <Withdraw record=record.clone()/> });
        view! {
            <Layout title=say("page.dispute.done") back=format!("/vehicles/{}", record.vehicle_id) registry_data=true>
                <p>{say_with("page.dispute.done-words", &[("office", &office)])}</p>
                <OfficeView office=record.office/>
                {withdraw}
            </Layout>
        }
        .into_any()
    })
}
