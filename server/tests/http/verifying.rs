//! Anyone verifies a receipt with the published keys, and every fact that its page shows is in the signed text.

use app::receipt::{Outcome, Proof};
use http::StatusCode;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::signing::Signer;

use crate::support::{Answer, Browser, Site, site_on};

async fn proof(site: &Site, number: &str) -> Proof {
    let column = |name: &str| format!("select {name} from receipts where number = '{number}'");
    let text = site.world.text(&column("canonical")).await.expect("a receipt");
    let signature = site.world.text(&column("signature")).await.expect("a receipt");
    Proof { text, signature }
}

async fn paid(site: &Site, driver: &Browser) -> Proof {
    let order = driver.place(site, "v1", "r1").await;
    let number = driver.pay(site, &order).await;
    proof(site, &number).await
}

/// Sends the text as a browser without scripts does.
async fn sent(browser: &Browser, pasted: &str) -> Answer {
    browser.submit("/verify", "/verify", &[("proof", pasted)]).await
}

fn outcome(answer: &Answer) -> &str {
    let (_, rest) = answer.body.split_once("data-outcome=\"").expect("an outcome");
    rest.split('"').next().unwrap_or_default()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_scripts_learns_whether_a_receipt_is_genuine(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let (visitor, driver) = (site.browser(), site.driver().await);
        let proof = paid(&site, &driver).await;
        let link = format!("https://lutong.example/verify#{}", proof.fragment().unwrap());
        for pasted in [proof.block().replace('\n', "\r\n"), link] {
            let answer = sent(&visitor, &pasted).await;
            assert_eq!((answer.status, outcome(&answer)), (StatusCode::OK, "genuine"));
            assert!(answer.body.contains("昆明市公安局交通警察支队"), "the lines are shown");
        }
        let dearer = Proof { text: proof.text.replace("200.00", "250.00"), ..proof.clone() };
        let answer = sent(&visitor, &dearer.block()).await;
        assert_eq!(outcome(&answer), "altered");
        assert!(
            !answer.body.contains("govuk-summary-list__value\">R"),
            "nothing of a forged text is shown as fact"
        );
        assert_eq!(outcome(&sent(&visitor, "R2611180000000001").await), "unreadable");
        for secret in [&proof.text[..], "lutong-receipt-2"] {
            assert!(
                visitor.addresses().iter().all(|address| !address.contains(secret)),
                "no address holds it"
            );
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_made_with_a_key_of_ones_own_is_not_ours(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let (visitor, driver) = (site.browser(), site.driver().await);
        let genuine = paid(&site, &driver).await;
        let own = Signer::from_keys(&format!("home:secret:{}:2026-01-01", "44".repeat(32))).unwrap();
        let text = genuine.text.replace("key r1", "key home").replace("200.00", "9.00");
        let made = Proof { signature: own.sign(&text), text };
        assert_eq!(made.verify(&own.published()), Outcome::Genuine, "by the key that it names itself");
        assert_eq!(outcome(&sent(&visitor, &made.block()).await), "foreign");
        // The first version named the public key in the text.
        let key = own.published().remove(0).public_key;
        let text = format!(
            "lutong-receipt-1\nreceipt R1\namount 9.00 CNY\nissued 2026-11-18T02:00:00Z\nkey {key}\n"
        );
        let made = Proof { signature: own.sign(&text), text };
        assert_eq!(outcome(&sent(&visitor, &made.block()).await), "foreign");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_of_the_first_version_still_verifies(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let signer = &site.world.state.signer;
        let key = signer.published().remove(0).public_key;
        let text = format!(
            "lutong-receipt-1\nreceipt R1\namount 9.00 CNY\nissued 2026-11-18T02:00:00Z\nkey {key}\n"
        );
        let old = Proof { signature: signer.sign(&text), text };
        assert_eq!(outcome(&sent(&site.browser(), &old.block()).await), "genuine");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_published_keys_verify_a_receipt_without_asking_anyone(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let (visitor, driver) = (site.browser(), site.driver().await);
        let proof = paid(&site, &driver).await;
        let answer = visitor.get("/.well-known/lutong-keys.json").await;
        assert_eq!(answer.status, StatusCode::OK);
        let set: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        let key = &set["keys"][0];
        assert_eq!((&key["kty"], &key["crv"], &key["kid"]), (&"OKP".into(), &"Ed25519".into(), &"r1".into()));
        assert_eq!((&key["first_day"], &key["last_day"]), (&"2026-01-01".into(), &serde_json::Value::Null));
        assert!(!answer.body.contains("2b2b2b2b"), "no secret");
        use base64::Engine as _;
        use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
        let public: [u8; 32] =
            URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap().try_into().unwrap();
        let verifying = ed25519_dalek::VerifyingKey::from_bytes(&public).unwrap();
        let signature = STANDARD.decode(&proof.signature).unwrap();
        let signature = ed25519_dalek::Signature::from_slice(&signature).unwrap();
        assert!(verifying.verify_strict(proof.text.as_bytes(), &signature).is_ok());
        let page = visitor.get("/verify").await.body;
        assert!(page.contains(&STANDARD.encode(public)), "the page names the key as well");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_fact_of_the_receipts_page_is_signed(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        let number = driver.pay(&site, &order).await;
        let proof = proof(&site, &number).await;
        let world = &site.world;
        let order_number = world.text("select number from cases").await.unwrap();
        let decision = world.text("select decision from order_records").await.unwrap();
        let transaction = world.text("select transaction_id from payments").await.unwrap();
        let page = driver.get(&format!("/receipts/{number}")).await.body;
        let act = page.split(&format!("{decision} ")).nth(1).and_then(|rest| rest.split('<').next()).unwrap();
        for (shown, signed) in [
            (number.as_str(), format!("\nreceipt {number}\n")),
            (&order_number, format!("\norder {order_number}\n")),
            (&decision, format!("\ndecision {decision} record r1 at 2026-11-13T10:00:00+08:00 code 1301 ")),
            (act, format!(" fine 200.00 CNY points 3 {act}\n")),
            (&transaction, format!("\ntransaction {transaction}\n")),
            ("微信支付", "\nchannel wechat\n".into()),
            ("昆明", "\nplace kunming 昆明\n".into()),
            ("*明", "\npayer *明\n".into()),
            ("200", "\namount 200.00 CNY\n".into()),
            ("3 分", "\npoints 3\n".into()),
        ] {
            assert!(page.contains(shown), "the page shows {shown}");
            assert!(proof.text.contains(&signed), "{signed:?} is signed: {}", proof.text);
        }
        let plate = world.text("select plate from vehicles where id = 'v1'").await.unwrap();
        assert!(proof.text.contains(&format!("\nplate {plate}\n")), "{plate}");
        for signed in ["\npaid 2026-11-18T1", "\nissued 2026-11-18T1", "\nauthority 昆明市"] {
            assert!(proof.text.contains(signed), "{signed:?}");
        }
        let fragment = proof.fragment().unwrap();
        assert!(page.contains(&format!("/verify#{fragment}")), "a link that holds the proof");
        assert!(page.contains("lt-qr"), "a code that holds the link");
    }
}
