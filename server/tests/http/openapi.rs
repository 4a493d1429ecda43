//! The OpenAPI document says what is served: every route, and examples that are accepted and answered as described.

use std::collections::BTreeSet;
use std::process::Command;

use http::{Method, StatusCode};
use jsonschema::Validator;
use rstest::rstest;
use serde_json::{Value, json};
use server::db::Engine::{self, Postgres, Sqlite};

use crate::support::site_on;

/// What `server openapi` prints.
fn document() -> Value {
    let printed =
        Command::new(env!("CARGO_BIN_EXE_server")).arg("openapi").output().expect("the command runs");
    assert!(printed.status.success());
    serde_json::from_slice(&printed.stdout).expect("JSON")
}

fn validator(document: &Value, schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    jsonschema::options().build(&whole).expect("a schema")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_the_api_is_described_and_no_other(#[values(Sqlite, Postgres)] engine: Engine) {
    let document = document();
    let described = document["paths"].as_object().expect("paths").keys().cloned();
    if let Some(site) = site_on(engine).await {
        let routes = server::api::routes(site.world.state.clone());
        let routes = routes.policies().keys().filter(|path| !path.contains("{*")).cloned();
        let routes: BTreeSet<_> = routes.collect();
        assert!(routes.len() >= 4, "{routes:?}");
        assert_eq!(described.clone().collect::<BTreeSet<_>>(), routes);
    }
}

#[test]
fn a_schema_refuses_what_the_api_refuses() {
    let document = document();
    let schema = json!({ "$ref": "#/components/schemas/LateFeeRequest" });
    let validator = validator(&document, &schema);
    let good = document["components"]["schemas"]["LateFeeRequest"]["example"].clone();
    assert!(validator.is_valid(&good), "{good}");
    for (field, value) in [("fine", json!("1")), ("fine", json!(-1)), ("role", json!("admin"))] {
        let mut bad = good.clone();
        bad[field] = value;
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}

/// Values of one field of the example, and whether schema and API take them.
const PLATES: &[(&str, bool)] = &[
    ("云A12345", true),
    ("云AB1C23", true),
    ("云A1234学", true),
    ("京AD12345", true),
    ("京A12345D", true),
    ("云AABC12", false),
    ("云A1234I", false),
    ("云A123456", false),
    ("云Z12345", false),
    ("云A·12345", false),
    ("云a12345", false),
];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn schema_and_api_agree_on_plates_places_codes_and_moments(#[values(Sqlite, Postgres)] engine: Engine) {
    let document = document();
    let schema = json!({ "$ref": "#/components/schemas/CameraRecordRequest" });
    let validator = validator(&document, &schema);
    let example = document["components"]["schemas"]["CameraRecordRequest"]["example"].clone();
    let plates = PLATES.iter().map(|(plate, fits)| ("/vehicle/plate", json!(plate), *fits));
    let others = [
        ("/record/region", json!("530102"), true),
        ("/record/region", json!("930102"), false),
        ("/record/region", json!("53010"), false),
        ("/vehicle/kind", json!("tank"), false),
        ("/licence/states", json!(["normal", "gone"]), false),
        ("/record/fine", json!(100_000_000), true),
        ("/record/fine", json!(100_000_001), false),
        ("/record/fine", json!(20_000.0), true),
        ("/record/fine", json!(20_000.5), false),
        ("/record/points", json!(1_001), false),
        ("/record/points", json!(3.0), true),
        ("/record/points", json!(-1.0), false),
        ("/record/points", json!(1e300), false),
        ("/record/violated_at", json!("1950-01-01T00:00:00+08:00"), true),
        ("/record/violated_at", json!("1949-12-30T00:00:00Z"), false),
        ("/record/violated_at", json!("2026-11-13T02:00:00"), false),
    ];
    if let Some(site) = site_on(engine).await {
        for (path, value, fits) in plates.clone().chain(others.clone()) {
            let mut case = example.clone();
            *case.pointer_mut(path).expect("it is there") = value;
            assert_eq!(validator.is_valid(&case), fits, "the schema: {case}");
            let request = site.browser().request(Method::POST, "/api/v1/assessments/camera-record");
            let request = request.header("content-type", "application/json").body(case.to_string());
            let answer = site.browser().send(request).await;
            assert_eq!(answer.status == StatusCode::OK, fits, "the API: {case}: {}", answer.body);
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_example_fits_its_schema_and_is_answered_as_described(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let document = document();
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        assert_eq!(
            serde_json::from_str::<Value>(&browser.get("/api/v1/openapi.json").await.body).ok(),
            Some(document.clone())
        );
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                let method: Method = method.to_uppercase().parse().expect("a method");
                let mut request = browser.request(method, path);
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                if let Some(name) = schema["$ref"].as_str() {
                    let example = document.pointer(name.trim_start_matches('#')).expect("the schema");
                    let example = example.get("example").unwrap_or_else(|| panic!("{name} has no example"));
                    assert!(validator(&document, schema).is_valid(example), "{name}: {example}");
                    request = request.header("content-type", "application/json").body(example.to_string());
                }
                let answer = browser.send(request).await;
                assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
                let body: Value = serde_json::from_str(&answer.body).expect("JSON");
                let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
                let fits = validator(&document, schema).validate(&body).map_err(|error| error.to_string());
                assert_eq!(fits, Ok(()), "{path}: {body}");
            }
        }
    }
}
