//! People in Kunming, Nanning and Shandong, and where the platform does not serve.

use rules::calendar;
use rules::licence::LicenceState;
use rules::money::Fen;
use rules::person::{IdNumber, IdentityLevel};
use rules::vehicle::{VehicleKind, VehicleState, VehicleUse};
use rules::violation::Capture;

use super::super::teller::{Spot, Teller};
use super::Introduction;
use crate::feed::fact::{Owner, RegistryState};

const KUNMING: [Spot; 4] = [
    Spot("530102", "人民中路与北京路路口"),
    Spot("530103", "北京路白塔路路段"),
    Spot("530111", "春城路与环城南路路口"),
    Spot("530112", "滇池路128号路段"),
];
const NANNING: [Spot; 3] = [
    Spot("450103", "民族大道与东葛路路口"),
    Spot("450107", "大学路鲁班路路段"),
    Spot("450105", "星光大道与白沙大道路口"),
];
const JINAN: Spot = Spot("370102", "经十路与历山路路口");
const QINGDAO: Spot = Spot("370202", "香港中路与山东路路口");
const GUILIN: Spot = Spot("450305", "漓江路与七星路路口");
const GUANGZHOU: Spot = Spot("440106", "黄埔大道与天河路路口");

pub(super) const PEOPLE: &[Introduction] = &[
    Introduction {
        key: "li-ming",
        name: "李明",
        identity: IdentityLevel::RealPerson,
        situation: (
            "昆明，本人小型汽车，三条记录都能网上处理；另一辆新能源车有一条已在窗口处理的记录",
            "Kunming, own car, three records that all can be handled; a second, electric car has one that was handled \
             at a counter",
        ),
        refused_by: &["camera.record-open"],
        tell: li_ming,
    },
    Introduction {
        key: "wei-fang",
        name: "韦芳",
        identity: IdentityLevel::RealPerson,
        situation: (
            "南宁，桂A车的一条记录能处理，一条记9分的不能；云A车在南宁的记录因号牌不能处理",
            "Nanning: one record of her 桂A car passes, one of 9 points does not; her 云A car is refused there for its plate",
        ),
        refused_by: &["camera.record-points", "camera.plate-area"],
        tell: wei_fang,
    },
    Introduction {
        key: "zhao-lei",
        name: "赵磊",
        identity: IdentityLevel::Phone,
        situation: (
            "山东：只收银联缴款，本平台还没有开通，本人的车也不能处理；妻子的车虽已备案，山东只处理本人车辆",
            "Shandong takes UnionPay only, which is not connected here, so even his own car is refused; his wife's car is \
             linked to him, but Shandong handles one's own alone",
        ),
        refused_by: &["camera.vehicle-owner", "camera.channel"],
        tell: zhao_lei,
    },
    Introduction {
        key: "zhou-wei",
        name: "周伟",
        identity: IdentityLevel::Phone,
        situation: (
            "昆明，本周期已记9分：两条各记1分的能处理，记3分的会到12分",
            "Kunming, 9 points in this cycle: two records of 1 point pass, also together; the one of 3 would make 12",
        ),
        refused_by: &["camera.points-total"],
        tell: zhou_wei,
    },
    Introduction {
        key: "zheng-jun",
        name: "郑军",
        identity: IdentityLevel::Phone,
        situation: (
            "只验证了手机：南宁要求实人认证，不能处理；桂林的记录可以",
            "Proved his phone only: Nanning asks for a real-person check; his record in Guilin passes",
        ),
        refused_by: &["camera.identity"],
        tell: zheng_jun,
    },
    Introduction {
        key: "he-tao",
        name: "何涛",
        identity: IdentityLevel::RealPerson,
        situation: (
            "昆明：一条有异议，一条是民警现场开具，一条在平台未开通的广州",
            "Kunming: one record in dispute, one written by an officer, one in Guangzhou, which is not served",
        ),
        refused_by: &["camera.place-open", "camera.by-device", "camera.not-disputed"],
        tell: he_tao,
    },
    Introduction {
        key: "lin-yue",
        name: "林月",
        identity: IdentityLevel::RealPerson,
        situation: ("昆明，有车，没有驾驶证", "Kunming, owns a car and has no driving licence"),
        refused_by: &["camera.licence-bound"],
        tell: lin_yue,
    },
    Introduction {
        key: "xu-ning",
        name: "许宁",
        identity: IdentityLevel::RealPerson,
        situation: (
            "昆明，2022年3月的违法按新办法记1分而不是3分（从旧兼从轻）；货车另有一条罚500元的",
            "Kunming: a violation of March 2022 carries 1 point by the newer, milder law, not 3; his truck has one of 500 yuan",
        ),
        refused_by: &["camera.simple-procedure", "camera.fine-limit"],
        tell: xu_ning,
    },
];

fn li_ming(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "530102", "19880412");
    teller.licence(&person, LicenceState::Normal, &[2]);
    let car = teller.car(Owner::Person(person.clone()), "云A5K8L2");
    for (code, spot, at) in [
        ("1345", KUNMING[0], teller.moment(4, 8, 12)),
        ("1039", KUNMING[1], teller.moment(11, 10, 47)),
        ("1357", KUNMING[2], teller.moment(19, 17, 35)),
    ] {
        teller.record(&car, code, spot, at);
    }
    let electric = teller.car(Owner::Person(person.clone()), "云ADL1026");
    let at = teller.moment(33, 14, 5);
    teller.record(&electric, "1344", KUNMING[3], at).state = RegistryState::ProcessedElsewhere;
    person
}

fn wei_fang(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "450103", "19910723");
    teller.licence(&person, LicenceState::Normal, &[]);
    let car = teller.car(Owner::Person(person.clone()), "桂A6M3N9");
    let (first, second, third) =
        (teller.moment(3, 9, 20), teller.moment(16, 20, 2), teller.moment(8, 11, 31));
    teller.record(&car, "1345", NANNING[0], first);
    teller.record(&car, "1614", NANNING[1], second);
    let outside = teller.car(Owner::Person(person.clone()), "云A2P7Q4");
    teller.record(&outside, "1208", NANNING[2], third);
    person
}

fn zhao_lei(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "370102", "19791105");
    teller.licence(&person, LicenceState::Normal, &[3]);
    let wife = teller.other_person("孟晓燕", "370102", "19810218");
    let own = teller.car(Owner::Person(person.clone()), "鲁A8R1S5");
    let hers = teller.car(Owner::Person(wife), "鲁B3T6U7");
    let (first, second, bound) =
        (teller.moment(6, 12, 40), teller.moment(5, 15, 18), teller.moment(90, 10, 0));
    teller.record(&own, "1357", JINAN, first);
    teller.binding(&person, &hers, bound);
    teller.record(&hers, "1345", QINGDAO, second);
    person
}

fn zhou_wei(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "530111", "19850930");
    teller.licence(&person, LicenceState::Normal, &[6, 3]);
    let car = teller.car(Owner::Person(person.clone()), "云A1V4W8");
    for (code, spot, at) in [
        ("1345", KUNMING[1], teller.moment(2, 7, 55)),
        ("1344", KUNMING[3], teller.moment(9, 18, 22)),
        ("1357", KUNMING[0], teller.moment(13, 16, 10)),
    ] {
        teller.record(&car, code, spot, at);
    }
    person
}

fn zheng_jun(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "450105", "19930117");
    teller.licence(&person, LicenceState::Normal, &[]);
    let car = teller.car(Owner::Person(person.clone()), "桂A9X2Y6");
    let (first, second) = (teller.moment(7, 13, 3), teller.moment(21, 10, 26));
    teller.record(&car, "1019", NANNING[0], first);
    teller.record(&car, "1344", GUILIN, second);
    person
}

fn he_tao(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "530103", "19760608");
    teller.licence(&person, LicenceState::Normal, &[1]);
    let car = teller.car(Owner::Person(person.clone()), "云A7Z5A3");
    let at = teller.moment(5, 8, 44);
    teller.record(&car, "1345", KUNMING[2], at).disputed = true;
    let at = teller.moment(10, 11, 15);
    let written = teller.record(&car, "1211", KUNMING[0], at);
    written.capture = Capture::Officer;
    written.evidence = None;
    let at = teller.moment(15, 19, 37);
    teller.record(&car, "1039", GUANGZHOU, at);
    let at = teller.moment(24, 9, 9);
    teller.record(&car, "1039", KUNMING[1], at);
    person
}

fn lin_yue(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "530112", "19990303");
    let car = teller.car(Owner::Person(person.clone()), "云A4B9C1");
    let at = teller.moment(12, 10, 51);
    teller.record(&car, "1039", KUNMING[3], at);
    person
}

fn xu_ning(teller: &mut Teller, name: &str) -> IdNumber {
    let person = teller.person(name, "530102", "19700521");
    teller.licence(&person, LicenceState::Normal, &[]);
    let car = teller.car(Owner::Person(person.clone()), "云A3D7E5");
    let then = chrono::NaiveDate::from_ymd_opt(2022, 3, 15).expect("a day").and_hms_opt(9, 30, 0);
    teller.record(&car, "1345", KUNMING[0], calendar::moment(then.expect("an hour")));
    let owner = Owner::Person(person.clone());
    let truck =
        teller.vehicle(owner, "云A6F2G8", VehicleKind::Large, VehicleUse::NonOperating, VehicleState::Normal);
    let at = teller.moment(14, 6, 28);
    teller.record(&truck, "1353", KUNMING[2], at).fine = Fen::yuan(500);
    person
}
