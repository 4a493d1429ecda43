//! The payment page takes people from the registered domain, from the address that was named, and in time.

use chrono::TimeDelta;
use server::gateways::payment::PaymentProvider;

use super::support::{BACK, Counter, DOMAIN, now, request};

#[tokio::test]
async fn the_page_is_on_an_origin_of_its_own() {
    let counter = Counter::open().await;
    let page = counter.ask("trade-1", 100).await.unwrap();
    assert!(page.url.starts_with(&format!("{}/", counter.origins.pages)), "{}", page.url);
    assert_ne!(counter.origins.pages, counter.origins.api);
}

#[tokio::test]
async fn only_people_from_the_registered_domain_see_the_page() {
    let counter = Counter::open().await;
    let page = counter.ask("trade-1", 100).await.unwrap();
    let with_path = format!("{DOMAIN}/orders/1");
    for (from, status, words) in [
        (None, 403, "商家参数格式有误"),
        (Some("not an address"), 403, "商家参数格式有误"),
        (Some("http://127.0.0.1:3009/"), 403, "商家存在未配置的参数"),
        (Some("https://127.0.0.1:3000/"), 403, "商家存在未配置的参数"),
        (Some(DOMAIN), 200, "立即支付"),
        (Some(with_path.as_str()), 200, "立即支付"),
    ] {
        let (found, text) = counter.visit(&page.url, from).await;
        assert_eq!(found, status, "{from:?}");
        assert!(text.contains(words), "{from:?}: {text}");
    }
    assert_eq!(counter.press_from(&page, "pay", None).await.status(), 403);
    let own = counter.origins.pages.clone();
    assert_eq!(counter.press_from(&page, "pay", Some(&own)).await.status(), 303);
}

#[tokio::test]
async fn only_the_address_that_was_named_sees_the_page() {
    let counter = Counter::open().await;
    let elsewhere = "203.0.113.9".parse().unwrap();
    let asked = server::gateways::payment::PaymentRequest { payer_ip: elsewhere, ..request("trade-1", 100) };
    let page = counter.client.open(asked).await.unwrap();
    let (status, text) = counter.visit(&page.url, Some(DOMAIN)).await;
    assert!(status == 403 && text.contains("网络环境未能通过安全验证"), "{text}");
}

#[tokio::test]
async fn a_link_counts_for_five_minutes_and_anew_when_it_is_asked_for_again() {
    let counter = Counter::open().await;
    let page = counter.ask("trade-1", 100).await.unwrap();
    for (seconds, status) in [(300, 200), (301, 403)] {
        counter.clock.set(now() + TimeDelta::seconds(seconds));
        assert_eq!(counter.visit(&page.url, Some(DOMAIN)).await.0, status, "{seconds}");
    }
    assert_eq!(counter.ask("trade-1", 100).await.unwrap(), page);
    assert_eq!(counter.visit(&page.url, Some(DOMAIN)).await.0, 200);
}

#[tokio::test]
async fn the_way_back_leads_to_the_registered_domain_alone() {
    let counter = Counter::open().await;
    let page = counter.ask("trade-1", 100).await.unwrap();
    assert_eq!(counter.press(&page, "leave").await.headers()["location"], BACK);
    let elsewhere = server::gateways::payment::PaymentRequest {
        return_url: "http://elsewhere.example/".into(),
        ..request("trade-2", 100)
    };
    let page = counter.client.open(elsewhere).await.unwrap();
    assert_eq!(counter.press(&page, "leave").await.status(), 204);
}
