//! The page on which a person pays, declines or leaves: on an origin of its own, in Chinese, without scripts. As the
//! provider's page it takes people from the merchant's registered domain alone, from the address that the merchant named.

use std::collections::HashMap;
use std::net::SocketAddr;

use axum::Form;
use axum::extract::{ConnectInfo, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use http::{HeaderMap, StatusCode};
use rules::money::Fen;

use super::till::{Deadline, Payment};
use super::{Sandbox, Shared, notify};
use crate::gateways::wechat::client::origin_of;

/// The path as the provider's own links have it.
pub const PATH: &str = "/cgi-bin/mmpayweb-bin/checkmweb";
/// How long a link may be opened after it was given.
const LINK_LIFE: TimeDelta = TimeDelta::minutes(5);
const STYLE: &str = include_str!("cashier.css");

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn page(status: StatusCode, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>微信支付（演示）</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>{STYLE}</style></head>\
         <body><header>微信支付<small>演示环境，不收真钱</small></header><main>{body}</main></body></html>"
    );
    (status, Html(html)).into_response()
}

/// The provider's own words for a page that it does not show.
pub struct Trouble(StatusCode, &'static str);

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        page(self.0, &format!("<section class=\"trouble\"><p>{}</p></section>", self.1))
    }
}

/// The origin that the browser says the person comes from.
fn referrer(headers: &HeaderMap) -> Option<String> {
    origin_of(headers.get(http::header::REFERER)?.to_str().ok()?)
}

fn find(sandbox: &Sandbox, query: &HashMap<String, String>) -> Result<Payment, Trouble> {
    let number = query.get("prepay_id").map(String::as_str).unwrap_or_default();
    let known = sandbox.till().on_page(number).cloned();
    known.ok_or(Trouble(StatusCode::NOT_FOUND, "支付请求不存在，请重新发起支付"))
}

/// Where the person goes afterwards: to the registered domain or nowhere.
fn way_back(sandbox: &Sandbox, query: &HashMap<String, String>) -> Option<String> {
    let back = query.get("redirect_url")?;
    (origin_of(back)? == sandbox.origins.domain).then(|| back.clone())
}

fn may_show(
    sandbox: &Sandbox,
    payment: &Payment,
    from: Option<String>,
    peer: SocketAddr,
) -> Result<(), Trouble> {
    let refuse = |words| Err(Trouble(StatusCode::FORBIDDEN, words));
    match from {
        None => return refuse("商家参数格式有误，请联系商家解决"),
        Some(origin) if origin != sandbox.origins.domain => {
            return refuse("商家存在未配置的参数，请联系商家解决");
        }
        Some(_) => {}
    }
    if payment.payer_ip.to_canonical() != peer.ip().to_canonical() {
        return refuse("网络环境未能通过安全验证，请稍后再试");
    }
    let now = sandbox.clock.now();
    if now > payment.issued_at + LINK_LIFE {
        return refuse("支付链接已超过 5 分钟，请返回商家重新发起支付");
    }
    if now >= payment.expires_at {
        return refuse("订单已超过支付时间，请返回商家重新发起支付");
    }
    Ok(())
}

pub async fn show(
    State(sandbox): State<Shared>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let payment = find(&sandbox, &query)?;
    may_show(&sandbox, &payment, referrer(&headers), peer)?;
    let (what, amount) = (escape(&payment.description), Fen::new(payment.amount));
    let number = escape(&payment.out_trade_no);
    let buttons = [("pay", "立即支付"), ("decline", "支付失败（演示）"), ("leave", "取消支付")];
    let buttons = buttons
        .map(|(value, words)| format!("<button name=\"outcome\" value=\"{value}\">{words}</button>"))
        .concat();
    let body = format!(
        "<section class=\"sum\"><p>{what}</p><strong><span>¥</span>{amount}</strong></section>\
         <dl><div><dt>收款方</dt><dd>路通</dd></div><div><dt>商户订单号</dt><dd>{number}</dd></div></dl>\
         <form method=\"post\">{buttons}</form>"
    );
    Ok(page(StatusCode::OK, &body))
}

pub async fn decide(
    State(sandbox): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let payment = find(&sandbox, &query)?;
    // The form is on our own page.
    let own = [&sandbox.origins.pages, &sandbox.origins.domain];
    if !referrer(&headers).is_some_and(|origin| own.contains(&&origin)) {
        return Err(Trouble(StatusCode::FORBIDDEN, "商家参数格式有误，请联系商家解决"));
    }
    match form.get("outcome").map(String::as_str) {
        Some("pay") => take(&sandbox, &payment.out_trade_no, Deadline::Kept),
        Some("decline") => decline(&sandbox, payment.out_trade_no),
        _ => {}
    }
    Ok(match way_back(&sandbox, &query) {
        Some(back) => Redirect::to(&back).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

fn take(sandbox: &Shared, number: &str, deadline: Deadline) {
    let faults = sandbox.faults().clone();
    let other = (if faults.take_other_amount { 100 } else { 0 }, i64::from(faults.coupon));
    let paid = sandbox.till().take(number, sandbox.clock.now(), deadline, other);
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
