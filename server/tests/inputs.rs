//! What must hold of everything that is sent to the public API, and of every selection that a form may hold.

use std::sync::LazyLock;

use proptest::prelude::*;
use rules::families::camera::{LARGEST_SELECTION, Request};
use rules::payment::PaymentChannels;
use rules::rulebook::Rulebook;
use serde_json::{Value, json};
use server::api::assessments::CameraRecordRequest;
use server::api::late_fee::LateFeeRequest;
use server::services::orders::selection::Chosen;

static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::shipped);

fn here() -> Request {
    Request { now: "2026-11-18T02:00:00Z".parse().unwrap(), channels: PaymentChannels::all() }
}

fn camera_record() -> Value {
    json!({
        "now": "2026-11-18T02:00:00Z", "identity": "real-person", "held_points": 0, "selected_points": 3,
        "dispute_declared": false,
        "licence": { "states": ["normal"], "cycle_points": 0, "full_marks": 0, "next_cycle": "2027-03-01" },
        "vehicle": {
            "plate": "云A12345", "kind": "small", "usage": "non-operating", "states": ["normal"],
            "relation": "leased", "bound_since": "2026-01-01T00:00:00Z",
            "lease": {
                "registered_at": "2026-01-01T00:00:00Z", "from": "2026-01-01T00:00:00Z",
                "until": "2027-01-01T00:00:00Z", "role": "lessee"
            }
        },
        "record": {
            "region": "530102", "violated_at": "2026-11-13T02:00:00Z", "capture": "device", "penalty": "fine",
            "fine": 20000, "points": 3, "state": "held", "held_until": "2026-11-18T04:00:00Z", "disputed": false
        }
    })
}

fn late_fee() -> Value {
    json!({
        "fine": 20000, "served_on": "2026-03-01", "paid_on": "2026-03-26", "place": "kunming",
        "suspensions": [{ "from": "2026-03-18", "until": "2026-03-20" }]
    })
}

/// Values that fit some field, lie at its end, or fit none.
fn values() -> impl Strategy<Value = Value> {
    let texts = prop::sample::select(vec![
        "+262142-12-31T23:59:59Z",
        "-262143-01-01T00:00:00Z",
        "2199-12-31T23:59:59Z",
        "1950-01-01T00:00:00Z",
        "2026-06-30T23:59:60Z",
        "+262142-12-31",
        "-262143-01-01",
        "2199-12-31",
        "1950-01-01",
        "2026-03-16",
        "none",
        "phone",
        "other",
        "organisation",
        "own",
        "large",
        "operating",
        "rental",
        "officer",
        "warning",
        "processed",
        "processed-elsewhere",
        "unprocessed",
        "filed-driver",
        "450103",
        "500103",
        "370102",
        "440103",
        "渝AD12345",
        "桂A1234学",
        "chongqing",
        "nanning",
        "national",
    ]);
    let lists = [
        json!([]),
        json!(["normal", "stolen"]),
        json!(["review-overdue"]),
        json!([{ "from": "2026-03-10" }]),
    ];
    prop_oneof![
        4 => texts.prop_map(Value::from),
        2 => (-2_i64..14).prop_map(Value::from),
        1 => prop::sample::select(vec![i64::MIN, 999, 1_000, 1_001, 100_000_000, 100_000_001, i64::MAX]).prop_map(Value::from),
        1 => prop::sample::select(lists.to_vec()),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => "\\PC{0,12}".prop_map(Value::from),
    ]
}

/// The paths of all fields.
fn fields(value: &Value, path: &str, found: &mut Vec<String>) {
    for (name, inner) in value.as_object().into_iter().flatten() {
        let path = format!("{path}/{name}");
        fields(inner, &path, found);
        found.push(path);
    }
}

/// The request with up to four of its fields replaced.
fn changed(request: fn() -> Value) -> impl Strategy<Value = Value> {
    prop::collection::vec((any::<prop::sample::Index>(), values()), 0..5).prop_map(move |changes| {
        let (mut request, mut paths) = (request(), Vec::<String>::new());
        fields(&request, "", &mut paths);
        for (place, value) in changes {
            let path: &String = place.get(&paths);
            if let Some(field) = request.pointer_mut(path) {
                *field = value;
            }
        }
        request
    })
}

fn judged(request: &Value) -> Option<Value> {
    let request: CameraRecordRequest = serde_json::from_value(request.clone()).ok()?;
    let answer = request.judge(here(), &RULEBOOK).ok()?;
    Some(serde_json::to_value(&answer).unwrap())
}

fn computed(request: &Value) -> Option<Value> {
    let request: LateFeeRequest = serde_json::from_value(request.clone()).ok()?;
    let answer = request.compute(&RULEBOOK).ok()?;
    Some(serde_json::to_value(&answer).unwrap())
}

/// Numbers of things, and what pretends to be one or two of them.
fn numbers() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec!["V1", "R1", "R2", "R1\0R2", "V1\0R1", "", "R\n", "记录"]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "[VR0-9]{1,66}", 1 => "\\PC{0,8}"]
}

#[test]
fn the_requests_that_are_changed_are_good_ones() {
    assert!(judged(&camera_record()).is_some());
    assert!(computed(&late_fee()).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_case_passes_exactly_when_nothing_refuses_and_is_judged_the_same_again(request in changed(camera_record)) {
        let answer = judged(&request);
        prop_assert_eq!(&judged(&request), &answer);
        if let Some(answer) = answer {
            let refusals = answer["refusals"].as_array().unwrap();
            prop_assert_eq!(answer["passes"].as_bool().unwrap(), refusals.is_empty());
            let asked = request["now"].as_str().map_or(here().now, |asked| asked.parse().unwrap());
            for refusal in refusals {
                let passes_at = refusal["passes_at"].as_str().map(|at| at.parse::<rules::Moment>().unwrap());
                prop_assert!(passes_at.is_none_or(|at| at > asked), "{}", refusal);
            }
        }
    }

    #[test]
    fn a_late_fee_is_never_more_than_the_fine(request in changed(late_fee)) {
        if let Some(answer) = computed(&request) {
            let (fine, fee) = (request["fine"].as_i64().unwrap(), answer["fee"].as_i64().unwrap());
            prop_assert!((0..=fine).contains(&fee), "{}", answer);
            prop_assert_eq!(answer["total"].as_i64().unwrap(), fine + fee);
            prop_assert!(fee == 0 || answer["days_late"].as_i64().unwrap() > 0, "{}", answer);
        }
    }

    #[test]
    fn a_selection_is_each_record_once_and_its_digest_is_its_own(
        (vehicle, records) in (numbers(), prop::collection::vec(numbers(), 0..5)),
        (other_vehicle, other_records) in (numbers(), prop::collection::vec(numbers(), 0..5)),
    ) {
        if let Ok(chosen) = Chosen::parse(&vehicle, &records) {
            prop_assert!(chosen.records.is_sorted_by(|one, other| one < other), "{:?}", chosen);
            prop_assert!(records.iter().all(|record| chosen.records.contains(record)), "{:?}", chosen);
            let twice: Vec<String> = records.iter().rev().chain(&records).cloned().collect();
            prop_assert_eq!(Chosen::parse(&vehicle, &twice), Ok(chosen.clone()));
            if let Ok(other) = Chosen::parse(&other_vehicle, &other_records) {
                prop_assert_eq!(chosen == other, chosen.digest() == other.digest(), "{:?} {:?}", chosen, other);
            }
        }
    }

    #[test]
    fn a_selection_holds_one_to_two_hundred_records(count in 0..LARGEST_SELECTION * 2) {
        let records: Vec<String> = (0..count).map(|number| format!("R{number}")).collect();
        prop_assert_eq!(Chosen::parse("V1", &records).is_ok(), (1..=LARGEST_SELECTION).contains(&count));
    }
}

/// The field at fault, as the problem names it.
fn wrong(request: Value) -> Option<String> {
    let request: CameraRecordRequest = serde_json::from_value(request).expect("a request in form");
    let problem = request.judge(here(), &RULEBOOK).err()?;
    Some(format!("{problem:?}"))
}

#[test]
fn a_moment_at_the_end_of_time_is_a_wrong_field_and_no_crash() {
    assert_eq!(wrong(camera_record()), None);
    for (pointer, end) in [
        ("/now", "+262142-12-31T23:59:59Z"),
        ("/now", "-262143-01-01T00:00:00Z"),
        ("/licence/next_cycle", "-262143-01-01"),
        ("/vehicle/bound_since", "+262142-12-31T23:59:59Z"),
        ("/vehicle/lease/registered_at", "+262142-12-31T23:59:59Z"),
        ("/vehicle/lease/from", "1949-12-30T23:59:59Z"),
        ("/vehicle/lease/until", "2200-01-02T00:00:00Z"),
        ("/record/violated_at", "+262142-12-31T23:59:59Z"),
        ("/record/held_until", "+262142-12-31T23:59:59Z"),
    ] {
        let mut request = camera_record();
        *request.pointer_mut(pointer).expect("a field of the request") = end.into();
        let field = pointer[1..].replace('/', ".");
        let problem = wrong(request).unwrap_or_default();
        assert!(problem.contains(&format!("Some({field:?})")), "{field}: {problem}");
    }
}
