//! Requests that are in form and yet out of time.

use serde_json::{Value, json};

use super::*;

fn request() -> Value {
    json!({
        "now": "2026-11-18T02:00:00Z",
        "identity": "real-person",
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
            "fine": 20000, "points": 3, "state": "held", "held_until": "2026-11-18T04:00:00Z"
        }
    })
}

/// The field at fault, as the problem names it.
fn wrong(request: Value) -> Option<String> {
    let request: CameraRecordRequest = serde_json::from_value(request).expect("a request in form");
    let problem = request.judge(DateTime::UNIX_EPOCH, &Rulebook::shipped()).err()?;
    Some(format!("{problem:?}"))
}

#[test]
fn a_moment_at_the_end_of_time_is_a_wrong_field_and_no_crash() {
    assert_eq!(wrong(request()), None);
    for (pointer, end) in [
        ("/now", "+262142-12-31T23:59:59Z"),
        ("/now", "-262143-01-01T00:00:00Z"),
        ("/licence/next_cycle", "-262143-01-01"),
        ("/vehicle/bound_since", "+262142-12-31T23:59:59Z"),
        ("/vehicle/lease/registered_at", "+262142-12-31T23:59:59Z"),
        ("/vehicle/lease/from", "1949-12-31T23:59:59Z"),
        ("/vehicle/lease/until", "2200-01-01T00:00:00Z"),
        ("/record/violated_at", "+262142-12-31T23:59:59Z"),
        ("/record/held_until", "+262142-12-31T23:59:59Z"),
    ] {
        let mut request = request();
        *request.pointer_mut(pointer).expect("a field of the request") = end.into();
        let field = pointer[1..].replace('/', ".");
        let problem = wrong(request).unwrap_or_default();
        assert!(problem.contains(&format!("Some({field:?})")), "{field}: {problem}");
    }
}
