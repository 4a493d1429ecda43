//! Receipts: a list, and one to print, with the signature that proves it.

use leptos::prelude::*;

use crate::api::orders::Receipt as ReceiptView;
use crate::api::services;
use crate::components::{
    Cell, Cells, Details, Empty, IconName, Layout, Panel, PaperOffices, PrintHead, PrintHint, QrCode,
    SummaryList, SummaryRow, Tab, language, money_words, say, say_with, time_words,
};
use crate::pages::{loaded, parameter};
use crate::receipt::Proof;

#[component]
pub fn Receipts() -> impl IntoView {
    loaded(async { services().orders.receipts().await }, |receipts| {
        let cells = receipts.iter().map(|receipt| {
            let title = format!("{} · {}", receipt.order.plate.spoken(), money_words(receipt.amount));
            view! { <Cell title=title note=time_words(receipt.paid_at) href=format!("/receipts/{}", receipt.number)/> }
        });
        let (cells, none) = (cells.collect_view(), receipts.is_empty());
        view! {
            <Layout title=say("page.services.receipts") back="/me" tab=Tab::Mine>
                {none.then(|| view! { <Empty title=say("page.receipt.none") icon=IconName::Receipt/> })}
                <Cells>{cells}</Cells>
            </Layout>
        }
    })
}

#[component]
pub fn Receipt() -> impl IntoView {
    let number = parameter("number");
    loaded(
        async move { services().orders.receipt(&number).await },
        |receipt| view! { <ReceiptPage receipt/> },
    )
}

#[component]
fn ReceiptPage(receipt: ReceiptView) -> impl IntoView {
    let rows = rows(&receipt);
    let proof = Proof { text: receipt.canonical, signature: receipt.signature };
    let fragment = proof.fragment().unwrap_or_default();
    let (link, code) = (format!("/verify#{fragment}"), format!("{}#{fragment}", receipt.verify_at));
    view! {
        <Layout title=say("page.receipt.title") own_heading=true back="/receipts" tab=Tab::Mine>
            <PrintHead/>
            <Panel title=say("page.receipt.title") number=(say("page.receipt.number"), receipt.number)/>
            <SummaryList rows/>
            <p>{say("page.order.settled-words")}</p>
            <p>{say("page.order.not-updated")}</p>
            <PaperOffices heading=say("page.paper.receipt") offices=receipt.order.receipt_offices.clone()/>
            <QrCode text=code label=say("page.receipt.code")/>
            <p><a class="govuk-link lt-way" href=link>{say("page.receipt.verify")}</a></p>
            <PrintHint/>
            <Details summary=say("page.receipt.proof")>
                <p>{say("page.receipt.proof-words")}</p>
                <pre class="lt-code">{proof.block()}</pre>
            </Details>
        </Layout>
    }
}

fn rows(receipt: &ReceiptView) -> Vec<SummaryRow> {
    let order = &receipt.order;
    let place = language().pick(order.place_zh.clone(), order.place_en.clone());
    // The national rules hold in many cities.
    let authority = if order.place == services().portal.rulebook().national().id {
        say("page.receipt.authority-of-place")
    } else {
        say_with("page.decision.authority-name", &[("place", &place)])
    };
    let mut rows = vec![
        SummaryRow::new(say("page.receipt.payer"), receipt.payer.clone()),
        SummaryRow::new(say("page.record.plate"), order.plate.spoken()),
        SummaryRow::new(say("page.receipt.to"), authority),
        SummaryRow::new(say("page.receipt.amount"), money_words(receipt.amount)),
        SummaryRow::new(
            say("page.decision.points"),
            say_with("frame.points", &[("points", &order.points.0)]),
        ),
        SummaryRow::new(say("page.receipt.paid-at"), time_words(receipt.paid_at)),
    ];
    if let Some(payment) = &receipt.payment {
        let channel = say(&format!("payment-channel.{}", payment.channel));
        rows.push(SummaryRow::new(say("page.receipt.channel"), channel));
        rows.push(SummaryRow::new(say("page.receipt.transaction"), payment.transaction.clone()));
    }
    rows.push(SummaryRow::new(say("page.order.number"), order.number.clone()));
    rows.extend(order.records.iter().filter_map(|record| {
        let act = language().pick(record.act_zh.clone(), record.act_en.clone());
        let number = record.decision.as_ref()?;
        Some(SummaryRow::new(say("page.receipt.decision"), format!("{number} {act}")))
    }));
    rows
}
