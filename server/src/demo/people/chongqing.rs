//! People in Chongqing, whose text asks the most.

use rules::calendar;
use rules::licence::LicenceState;
use rules::person::{IdNumber, IdentityLevel};
use rules::vehicle::{VehicleKind, VehicleState, VehicleUse};

use super::super::teller::{Spot, Teller};
use super::Introduction;
use crate::feed::fact::Owner;

const SPOTS: [Spot; 4] = [
    Spot("500103", "中山一路与嘉陵江滨江路路口"),
    Spot("500105", "红锦大道与龙山大道路口"),
    Spot("500107", "渝州路石桥铺路段"),
    Spot("500106", "学府大道沙坪坝段"),
];

pub(super) const PEOPLE: &[Introduction] = &[
    Introduction {
        key: "chen-jing",
        name: "陈静",
        identity: IdentityLevel::RealPerson,
        situation: (
            "重庆，本人车辆能处理；每晚22时至次日1时停办",
            "Chongqing, own car, passes by day; between 22:00 and 01:00 the place is closed",
        ),
        refused_by: &[],
        tell: chen_jing,
    },
    Introduction {
        key: "wu-xia",
        name: "吴霞",
        identity: IdentityLevel::RealPerson,
        situation: ("重庆，驾驶证逾期未审验", "Chongqing, her licence's review is overdue"),
        refused_by: &["camera.licence-state"],
        tell: wu_xia,
    },
    Introduction {
        key: "sun-li",
        name: "孙丽",
        identity: IdentityLevel::RealPerson,
        situation: (
            "重庆，备案了刘洋的车：备案前有记分的不能处理，无记分的和备案后的可以",
            "Chongqing, bound Liu Yang's car: what it did before with points is refused, without points or afterwards passes",
        ),
        refused_by: &["camera.binding-before"],
        tell: sun_li,
    },
    Introduction {
        key: "qian-qiang",
        name: "钱强",
        identity: IdentityLevel::RealPerson,
        situation: ("重庆，备案的是单位车辆", "Chongqing, the car bound to him is an organisation's"),
        refused_by: &["camera.vehicle-owner"],
        tell: qian_qiang,
    },
    Introduction {
        key: "feng-xue",
        name: "冯雪",
        identity: IdentityLevel::RealPerson,
        situation: (
            "重庆，租车：租赁登记后的能处理，登记前的不能",
            "Chongqing, a leased car: the record after the lease was registered passes, the one before does not",
        ),
        refused_by: &["camera.lease"],
        tell: feng_xue,
    },
    Introduction {
        key: "ma-bin",
        name: "马斌",
        identity: IdentityLevel::RealPerson,
        situation: (
            "重庆，一辆货车、一辆出租车、一辆已报废的车",
            "Chongqing: a truck, a taxi, and a car that is scrapped",
        ),
        refused_by: &["camera.vehicle-kind", "camera.vehicle-use", "camera.vehicle-state"],
        tell: ma_bin,
    },
    Introduction {
        key: "gao-fei",
        name: "高飞",
        identity: IdentityLevel::RealPerson,
        situation: (
            "重庆，本周期三次记满12分；2022年2月的超速要看道路才知道记几分，由窗口核定",
            "Chongqing, reached 12 points three times in this cycle; the points of a speeding of February 2022 depend on the road",
        ),
        refused_by: &["camera.points-known", "camera.full-marks"],
        tell: gao_fei,
    },
];

fn chen_jing(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "500103", "19900909");
    teller.licence(&person, LicenceState::Normal, &[1]);
    let car = teller.car(Owner::Person(person.clone()), "渝A8H3J6");
    for (code, spot, at) in [
        ("1345", SPOTS[0], teller.moment(3, 8, 30)),
        ("1625", SPOTS[1], teller.moment(17, 21, 12)),
        ("1039", SPOTS[2], teller.moment(28, 11, 48)),
    ] {
        teller.record(&car, code, spot, at);
    }
    person
}

fn wu_xia(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "500105", "19841212");
    teller.licence(&person, LicenceState::ReviewOverdue, &[]);
    let car = teller.car(Owner::Person(person.clone()), "渝A5K9L4");
    let at = teller.moment(6, 9, 57);
    teller.record(&car, "1345", SPOTS[1], at);
    person
}

fn sun_li(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "500106", "19870625");
    teller.licence(&person, LicenceState::Normal, &[]);
    let owner = teller.other_person("刘洋", "500106", "19860214");
    let car = teller.car(Owner::Person(owner), "渝B2M7N1");
    let bound = teller.moment(30, 10, 0);
    teller.binding(&person, &car, bound);
    for (code, spot, at) in [
        ("1345", SPOTS[3], teller.moment(40, 17, 20)),
        ("1039", SPOTS[0], teller.moment(35, 12, 4)),
        ("1357", SPOTS[1], teller.moment(9, 8, 16)),
    ] {
        teller.record(&car, code, spot, at);
    }
    person
}

fn qian_qiang(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "500107", "19820328");
    teller.licence(&person, LicenceState::Normal, &[]);
    let company = teller.organisation("91500107MA9000001", "重庆山城贸易有限公司");
    let car = teller.car(Owner::Organisation(company), "渝A6P4Q8");
    let (bound, at) = (teller.moment(60, 10, 0), teller.moment(12, 14, 33));
    teller.binding(&person, &car, bound);
    teller.record(&car, "1344", SPOTS[2], at);
    person
}

fn feng_xue(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "500108", "19950817");
    teller.licence(&person, LicenceState::Normal, &[]);
    let company = teller.organisation("91500108MA9000002", "重庆两江汽车租赁有限公司");
    let owner = Owner::Organisation(company);
    let car = teller.vehicle(owner, "渝A3R8S2", VehicleKind::Small, VehicleUse::Rental, VehicleState::Normal);
    let (from, until) = (teller.moment(20, 9, 0), teller.moment(0, 0, 0) + chrono::TimeDelta::days(40));
    let registered = teller.moment(15, 9, 0);
    teller.lease(&person, &car, registered, (from, until));
    let (before, after) = (teller.moment(18, 16, 41), teller.moment(10, 10, 13));
    teller.record(&car, "1345", SPOTS[0], before);
    teller.record(&car, "1357", SPOTS[3], after);
    person
}

fn ma_bin(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "500112", "19730702");
    teller.licence(&person, LicenceState::Normal, &[]);
    for (plate, kind, usage, state, days_ago) in [
        ("渝D7T5U9", VehicleKind::Large, VehicleUse::NonOperating, VehicleState::Normal, 7),
        ("渝A1V6W3", VehicleKind::Small, VehicleUse::Operating, VehicleState::Normal, 14),
        ("渝A9X4Y7", VehicleKind::Small, VehicleUse::NonOperating, VehicleState::Scrapped, 31),
    ] {
        let vehicle = teller.vehicle(Owner::Person(person.clone()), plate, kind, usage, state);
        let at = teller.moment(days_ago, 13, 27);
        teller.record(&vehicle, "1344", SPOTS[2], at);
    }
    person
}

fn gao_fei(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "500103", "19970129");
    let days = [100, 70, 40].map(|ago| teller.day(ago));
    teller.licence(&person, LicenceState::Normal, &[]).full_marks = days.to_vec();
    let car = teller.car(Owner::Person(person.clone()), "渝A2Z8A5");
    let at = teller.moment(8, 10, 39);
    teller.record(&car, "1345", SPOTS[1], at);
    let then = chrono::NaiveDate::from_ymd_opt(2022, 2, 20).expect("a day").and_hms_opt(15, 40, 0);
    teller.record(&car, "1636", SPOTS[3], calendar::moment(then.expect("an hour")));
    person
}
