//! The page on which a person pays, declines or leaves. Plain HTML, as bare as a provider's page is foreign.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use rules::money::Fen;

use super::till::Deadline;
use super::{Shared, notify};

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub async fn show(
    State(sandbox): State<Shared>,
    Path(number): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let known = sandbox.till().payments.get(&number).cloned();
    let Some(payment) = known else { return StatusCode::NOT_FOUND.into_response() };
    let back = escape(query.get("redirect_url").map_or("", String::as_str));
    let (what, amount) = (escape(&payment.description), Fen::new(payment.amount));
    let buttons = [("pay", "支付成功 Pay"), ("decline", "支付失败 Decline"), ("leave", "离开 Leave")].map(
        |(value, words)| {
            format!("<p><button name=\"outcome\" value=\"{value}\" style=\"min-height:48px;width:100%\">{words}</button></p>")
        },
    );
    Html(format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>收银台(演示) Cashier (sandbox)</title>\
         <body style=\"font:17px system-ui;max-width:24rem;margin:2rem auto;padding:0 1rem\">\
         <h1>收银台(演示)</h1><p>{what}</p><p><strong>¥{amount}</strong></p>\
         <form method=\"post\"><input type=\"hidden\" name=\"redirect_url\" value=\"{back}\">{}</form>\
         <p>不收真钱。No real money is taken.</p>",
        buttons.concat()
    ))
    .into_response()
}

pub async fn decide(
    State(sandbox): State<Shared>,
    Path(number): Path<String>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    if !sandbox.till().payments.contains_key(&number) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match form.get("outcome").map(String::as_str) {
        Some("pay") => take(&sandbox, &number, Deadline::Kept),
        Some("decline") => decline(&sandbox, number),
        _ => {}
    }
    match form.get("redirect_url").filter(|back| back.starts_with("http")) {
        Some(back) => Redirect::to(back).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

fn take(sandbox: &Shared, number: &str, deadline: Deadline) {
    let paid = sandbox.till().take(number, sandbox.clock.now(), deadline);
    if let Some(paid) = paid {
        notify::paid(sandbox, &paid);
    }
}

fn decline(sandbox: &Shared, number: String) {
    let declined = sandbox.till().decline(&number, sandbox.clock.now());
    if declined.is_some() && sandbox.faults().say_failed_then_paid {
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
            take(&sandbox, &number, Deadline::Overrun);
        });
    }
}
