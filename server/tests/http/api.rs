//! The API for machines: the judgement of the rules themselves, and problems with a stable code and the field.

use http::{Method, StatusCode};
use rstest::rstest;
use rules::families::camera::{self, CameraCase};
use rules::rulebook::Rulebook;
use serde_json::{Value, json};
use server::db::Engine::{self, Postgres, Sqlite};
use server::http::forms::LARGEST;

use crate::support::{Answer, Browser, site_on};

const CAMERA: &str = "/api/v1/assessments/camera-record";
const LATE_FEE: &str = "/api/v1/assessments/late-fee";

async fn post(browser: &Browser, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = browser.request(Method::POST, path).header("content-type", "application/json");
    browser.send(request.body(body)).await
}

fn read(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), "application/json", "{}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

/// A case that passes, as the API takes it.
fn passing() -> Value {
    json!({
        "now": "2026-11-18T02:00:00Z",
        "identity": "real-person",
        "licence": { "states": ["normal"], "cycle_points": 3, "full_marks": 0, "next_cycle": "2027-03-01" },
        "held_points": 0,
        "vehicle": {
            "plate": "云A12345", "kind": "small", "usage": "non-operating", "states": ["normal"], "relation": "own",
            "bound_since": null, "lease": null
        },
        "record": {
            "region": "530102", "violated_at": "2026-11-13T02:00:00Z", "capture": "device", "penalty": "fine",
            "fine": 20000, "points": 3, "state": "unprocessed", "disputed": false
        },
        "selected_points": 3,
        "dispute_declared": false
    })
}

/// The same case with the value at the path set.
fn with(path: &str, value: Value) -> Value {
    let mut case = passing();
    *case.pointer_mut(path).unwrap_or_else(|| panic!("{path} is there")) = value;
    case
}

/// The case in the words of the rules.
fn typed(case: &Value) -> CameraCase {
    let state = match case["record"]["state"].as_str() {
        Some("held") => json!({ "held-by-other": { "until": case["record"]["held_until"] } }),
        _ => case["record"]["state"].clone(),
    };
    let mut record = case["record"].clone();
    record["state"] = state;
    let applicant = json!({
        "identity": case["identity"], "licence": case["licence"], "held_points": case["held_points"]
    });
    let typed = json!({
        "now": case["now"], "applicant": applicant, "vehicle": case["vehicle"], "record": record,
        "selected_points": case["selected_points"], "dispute_declared": case["dispute_declared"],
        "channels": ["wechat"]
    });
    serde_json::from_value(typed).expect("a case")
}

/// Each case in Kunming, Nanning, Shandong and Chongqing, where other rules refuse.
fn cases() -> Vec<Value> {
    let mut all = Vec::new();
    for case in varied() {
        for region in ["530102", "450103", "370102", "500103"] {
            let mut case = case.clone();
            if case["record"]["region"] == "530102" {
                case["record"]["region"] = json!(region);
            }
            all.push(case);
        }
    }
    all
}

fn varied() -> Vec<Value> {
    let mut held = with("/record/state", json!("held"));
    held["record"]["held_until"] = json!("2026-11-18T04:00:00Z");
    vec![
        passing(),
        held,
        with("/identity", json!("phone")),
        with("/licence", Value::Null),
        with("/licence/states", json!(["review-overdue"])),
        with("/licence/cycle_points", json!(9)),
        with("/licence/full_marks", json!(3)),
        with("/held_points", json!(8)),
        with("/vehicle/plate", json!("桂A12345")),
        with("/vehicle/kind", json!("large")),
        with("/vehicle/usage", json!("operating")),
        with("/vehicle/states", json!(["scrapped"])),
        with("/vehicle/relation", json!("none")),
        with("/record/region", json!("810101")),
        with("/record/region", json!("450103")),
        with("/record/capture", json!("officer")),
        with("/record/penalty", json!("other")),
        with("/record/fine", json!(50000)),
        with("/record/state", json!("processed")),
        with("/record/disputed", json!(true)),
        with("/selected_points", json!(12)),
        with("/dispute_declared", json!(true)),
    ]
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_is_the_verdict_of_the_rules_themselves(#[values(Sqlite, Postgres)] engine: Engine) {
    let rulebook = Rulebook::shipped();
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let mut refused = std::collections::BTreeSet::new();
        for case in cases() {
            let answer = post(&browser, CAMERA, case.to_string()).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            let answer = read(&answer);
            let verdict = camera::assess(&typed(&case), &rulebook);
            assert_eq!(answer["passes"], verdict.passes(), "{case}");
            assert_eq!(answer["rulebook"], verdict.rulebook.to_string());
            assert_eq!(answer["place"], json!(verdict.place.map(|place| place.to_string())));
            let refusals = verdict.refusals.iter().map(|refusal| {
                let source = rulebook.source(refusal.source).expect("every refusal has a source");
                refused.insert(refusal.rule.code());
                json!({
                    "rule": refusal.rule.code(), "found": refusal.found, "required": refusal.required,
                    "remedy": refusal.remedy.code(), "passes_at": refusal.passes_at,
                    "source": { "text": source.text, "article": source.article, "words": source.words }
                })
            });
            assert_eq!(answer["refusals"], Value::from_iter(refusals), "{case}");
        }
        assert!(refused.len() > 12, "the cases reach many rules: {refused:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn channels_carried_points_and_certain_points_may_be_stated(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let judged = async |case: &Value| {
            let answer = read(&post(&browser, CAMERA, case.to_string()).await);
            let refusals = answer["refusals"].as_array().expect("refusals").clone();
            refusals.into_iter().map(|refusal| (refusal["rule"].clone(), refusal)).collect::<Vec<_>>()
        };
        let mut shandong = with("/record/region", json!("370102"));
        let [(rule, refusal)] = &judged(&shandong).await[..] else { panic!("one refusal") };
        assert_eq!(rule, "camera.channel");
        assert_eq!(refusal["required"], json!({ "kind": "channels", "value": ["unionpay"] }));
        assert_eq!(refusal["found"], json!({ "kind": "channels", "value": ["wechat"] }));
        shandong["channels"] = json!(["unionpay"]);
        assert!(judged(&shandong).await.is_empty(), "a gateway that is stated counts");
        let mut full = with("/licence/cycle_points", json!(9));
        assert_eq!(judged(&full).await[0].1["passes_at"], "2027-02-28T16:00:00Z");
        full["licence"]["carried_points"] = json!(9);
        assert_eq!(judged(&full).await[0].1["passes_at"], Value::Null);
        let mut uncertain = passing();
        uncertain["record"]["points_known"] = json!(false);
        assert_eq!(judged(&uncertain).await[0].0, "camera.points-known");
        full["licence"]["carried_points"] = json!(10);
        let answer = post(&browser, CAMERA, full.to_string()).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert_eq!(read(&answer)["field"], "licence.carried_points");
        let mut unknown = passing();
        unknown["channels"] = json!(["cash"]);
        assert_eq!(read(&post(&browser, CAMERA, unknown.to_string()).await)["field"], "channels");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_late_fee_is_three_per_cent_a_day_and_at_most_the_fine(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        for (paid_on, days, fee) in [("2026-10-16", 0, 0), ("2026-10-17", 1, 600), ("2027-06-01", 228, 20000)]
        {
            let body = json!({ "fine": 20000, "served_on": "2026-10-01", "paid_on": paid_on });
            let answer = read(&post(&browser, LATE_FEE, body.to_string()).await);
            let found = (&answer["days_late"], &answer["fee"], &answer["total"]);
            assert_eq!(found, (&json!(days), &json!(fee), &json!(20000 + fee)), "{paid_on}");
        }
    }
}

/// A fine whose suspensions are a good one and, to so many in all, the given.
fn suspended(from: &str, until: Value, count: usize) -> Value {
    let mut suspensions = vec![json!({ "from": from, "until": until }); count];
    if count > 1 {
        suspensions[0] = json!({ "from": "2026-10-02", "until": "2026-10-03" });
    }
    json!({ "fine": 20000, "served_on": "2026-10-01", "paid_on": "2026-11-01", "suspensions": suspensions })
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_late_fee_takes_up_to_twenty_suspensions_of_a_day_and_more(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let fine = suspended("2026-10-20", json!("2026-10-20"), 20);
        let answer = post(&site.browser(), LATE_FEE, fine.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(read(&answer)["days_suspended"].as_i64() > Some(0), "{}", answer.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_told_with_a_stable_code_and_the_field(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let mut unknown = passing();
        unknown["record"]["paid"] = json!(true);
        let mut missing = passing();
        missing["vehicle"].as_object_mut().expect("an object").remove("kind");
        let extra = json!({ "fine": 1, "served_on": "2026-10-01", "paid_on": "2026-10-01", "role": "admin" });
        let negative = json!({ "fine": -1, "served_on": "2026-10-01", "paid_on": "2026-10-01" });
        for (path, body, field) in [
            (CAMERA, unknown, Some("record.paid")),
            (CAMERA, missing, Some("vehicle")),
            (CAMERA, with("/record/fine", json!("200")), Some("record.fine")),
            (CAMERA, with("/record/fine", json!(200.5)), Some("record.fine")),
            (CAMERA, with("/record/points", json!(-3)), Some("record.points")),
            (CAMERA, with("/record/points", json!(1001)), Some("record.points")),
            (CAMERA, with("/record/violated_at", json!("yesterday")), Some("record.violated_at")),
            (CAMERA, with("/record/state", json!("paid")), Some("record.state")),
            (CAMERA, with("/licence/states", json!(["normal", 7])), Some("licence.states[1]")),
            (CAMERA, with("/vehicle/plate", json!("云A1\r\n")), Some("vehicle.plate")),
            (CAMERA, with("/vehicle/kind", json!("tank")), Some("vehicle.kind")),
            (CAMERA, with("/vehicle/plate", json!("云A·12345")), Some("vehicle.plate")),
            (CAMERA, with("/record/violated_at", json!("1949-12-30T00:00:00Z")), Some("record.violated_at")),
            (CAMERA, json!([]), None),
            (LATE_FEE, extra, Some("role")),
            (LATE_FEE, negative, Some("fine")),
            (LATE_FEE, suspended("1949-12-31", json!(null), 1), Some("suspensions[0].from")),
            (LATE_FEE, suspended("2026-10-05", json!("2200-01-01"), 1), Some("suspensions[0].until")),
            (LATE_FEE, suspended("2026-10-05", json!("2026-10-05"), 21), Some("suspensions")),
        ] {
            let answer = post(&browser, path, body.to_string()).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", answer.body);
            let problem = read(&answer);
            assert_eq!(problem["code"], "invalid-field", "{problem}");
            assert_eq!(problem["field"], json!(field), "{problem}");
            assert!(problem["message"].as_str().is_some_and(|message| !message.is_empty()));
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fields_that_contradict_each_other_are_told_with_a_code_of_their_own(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let backwards = json!({ "fine": 1, "served_on": "2026-10-02", "paid_on": "2026-10-01" });
        for (path, body, field) in [
            (CAMERA, with("/selected_points", json!(2)), "selected_points"),
            (LATE_FEE, backwards, "paid_on"),
            (LATE_FEE, suspended("2026-10-05", json!("2026-10-04"), 2), "suspensions[1].until"),
        ] {
            let answer = post(&browser, path, body.to_string()).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{body}: {}", answer.body);
            let problem = read(&answer);
            assert_eq!(
                (&problem["code"], &problem["field"]),
                (&json!("contradiction"), &json!(field)),
                "{problem}"
            );
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_of_the_api_is_told_with_a_stable_code(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let problem = |answer: &Answer| {
            let problem = read(answer);
            assert_eq!(problem["field"], Value::Null, "{problem}");
            (answer.status, problem["code"].as_str().unwrap_or_default().to_owned())
        };
        for path in [CAMERA, LATE_FEE] {
            for body in ["", "{", "no", "\u{0}"] {
                let answer = post(&browser, path, body).await;
                assert_eq!(problem(&answer), (StatusCode::BAD_REQUEST, "invalid-json".into()), "{body}");
            }
            let large = format!("{}{}", passing(), " ".repeat(LARGEST));
            let answer = post(&browser, path, large).await;
            assert_eq!(problem(&answer), (StatusCode::PAYLOAD_TOO_LARGE, "too-large".into()));
            for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
                let request = browser.request(Method::POST, path).header("content-type", kind);
                let answer = browser.send(request.body(passing().to_string())).await;
                let expected = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json".to_owned());
                assert_eq!(problem(&answer), expected, "{kind}");
            }
            for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
                let answer = browser.send(browser.request(method.clone(), path)).await;
                let expected = (StatusCode::METHOD_NOT_ALLOWED, "wrong-method".to_owned());
                assert_eq!(problem(&answer), expected, "{method}");
                assert_eq!(answer.header("allow"), "POST", "{method}");
            }
        }
        for method in [Method::GET, Method::POST] {
            let answer = browser.send(browser.request(method, "/api/v1/nothing/here")).await;
            assert_eq!(problem(&answer), (StatusCode::NOT_FOUND, "not-found".into()));
        }
    }
}
