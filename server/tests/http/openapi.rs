//! The OpenAPI document says what is served: every route, and examples that are accepted and answered as described.

use std::collections::BTreeSet;
use std::process::Command;

use http::{Method, StatusCode};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::sites;

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

#[test]
fn every_route_of_the_api_is_described_and_no_other() {
    let source = include_str!("../../src/api.rs");
    let routes = source.split(".route(\"").skip(1).filter_map(|rest| {
        let (path, rest) = rest.split_once("\", ")?;
        let method = rest.split('(').next()?;
        (method != "any").then(|| format!("{method} {path}"))
    });
    let document = document();
    let paths = document["paths"].as_object().expect("paths").iter();
    let described = paths.flat_map(|(path, operations)| {
        let operations = operations.as_object().expect("operations").keys();
        operations.map(move |method| format!("{method} {path}"))
    });
    let routes: BTreeSet<_> = routes.collect();
    assert!(routes.len() >= 4, "{routes:?}");
    assert_eq!(described.collect::<BTreeSet<_>>(), routes);
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

#[tokio::test(flavor = "multi_thread")]
async fn every_example_fits_its_schema_and_is_answered_as_described() {
    let document = document();
    for site in sites().await {
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
