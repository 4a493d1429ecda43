//! The table of violation codes beside the texts: what both orders on points and what queries of many places say of each.

use rules::licence::Points;
use rules::violation::KNOWN;

/// An article of order 163 and its item.
type Item = (&'static str, &'static str);

/// Code, points of orders 123 and 139, the items of order 163 that its acts fall under, and whether some fall under none.
#[rustfmt::skip]
const BY_THE_ORDERS: [(&str, u32, &[Item], bool); 42] = [
    ("1018", 0, &[], false),
    ("1019", 0, &[], false),
    ("1039", 0, &[], false),
    ("1043", 0, &[], false),
    ("1074", 0, &[("十二", "二")], false),
    ("1094", 0, &[], false),
    ("1102", 1, &[("十二", "三")], false),
    ("1103", 1, &[("十二", "二")], false),
    ("1111", 1, &[("十二", "五")], false),
    ("1116", 3, &[("十二", "四")], false),
    ("1117", 3, &[("十二", "四")], false),
    ("1120", 0, &[("十二", "九")], false),
    ("1208", 2, &[], false),
    ("1211", 2, &[], false),
    ("1223", 2, &[("十一", "六")], false),
    ("1240", 2, &[], false),
    ("1243", 2, &[("十一", "五")], false),
    ("1301", 3, &[("十一", "四")], false),
    ("1302", 3, &[("十一", "四")], false),
    ("1312", 3, &[("十一", "四")], false),
    // Vehicles that carry passengers on fixed routes, tourists or dangerous goods 3, others 1.
    ("1340", 3, &[("十一", "十二"), ("十二", "七")], false),
    ("1344", 3, &[("十二", "四")], false),
    ("1345", 3, &[("十二", "四")], false),
    // Buses and lorries of medium size and more 1, on express ways 6; others none.
    ("1352", 3, &[("十", "二"), ("十二", "一")], true),
    ("1353", 3, &[("十二", "六")], false),
    ("1357", 3, &[("十一", "七")], false),
    ("1373", 3, &[("十一", "四")], false),
    ("1610", 6, &[("十", "九")], false),
    ("1614", 6, &[("九", "三")], false),
    ("1624", 6, &[("十一", "八")], false),
    ("1625", 6, &[("十", "八")], false),
    // On express ways 6, elsewhere 3; buses and lorries of medium size and more 12 and 6.
    ("1636", 6, &[("八", "五"), ("十", "二"), ("十", "三"), ("十一", "二")], false),
    // From a half up 6, below 3.
    ("1637", 6, &[("十", "四"), ("十一", "九")], false),
    ("1709", 12, &[("九", "五")], false),
    ("1718", 12, &[("九", "四")], false),
    // On express ways 12, elsewhere 6; buses and lorries of medium size and more 12 and 9.
    ("1721", 12, &[("八", "五"), ("九", "二"), ("十", "三")], false),
    ("4008", 6, &[("十", "十一")], false),
    ("4204", 2, &[("十二", "九")], false),
    // Below a fifth none, from a fifth up 6; buses and lorries of medium size and more 6 and 12.
    ("4305", 6, &[("八", "五"), ("十", "二"), ("十", "三")], true),
    // The orders of 2013 name no lower limit; the places warned and gave no points.
    ("6050", 0, &[], false),
    ("7012", 0, &[], false),
    ("7045", 0, &[], false),
];

/// The lowest and the highest fine in yuan that queries of 2010 to 2019 showed for the code.
#[rustfmt::skip]
const FINES_SEEN: [(&str, i64, i64); 17] = [
    ("1018", 50, 150), ("1019", 150, 150), ("1039", 200, 200), ("1208", 100, 100), ("1223", 50, 50),
    ("1344", 100, 200), ("1345", 100, 200), ("1352", 150, 200), ("1625", 150, 200), ("1636", 150, 150),
    ("1721", 1000, 1000), ("4008", 100, 100), ("4204", 50, 50), ("4305", 200, 200), ("6050", 0, 0),
    ("7012", 200, 200), ("7045", 100, 100),
];

/// Each was seen at one or two places only, and places set the fine between 20 and 200 yuan.
const COMMON_FINE_DIFFERS: [&str; 6] = ["1019", "1039", "1636", "4008", "4204", "7012"];

/// The law has 200 yuan and more for these.
const FINED_HIGHER: [&str; 5] = ["1353", "1610", "1637", "1709", "1721"];

fn points_of_article(article: &str) -> Points {
    Points(match article {
        "八" => 12,
        "九" => 9,
        "十" => 6,
        "十一" => 3,
        "十二" => 1,
        other => panic!("article {other} gives no points"),
    })
}

#[test]
fn every_code_carries_the_points_that_the_orders_give_it() {
    let codes: Vec<_> = KNOWN.iter().map(|known| known.code).collect();
    assert_eq!(codes, BY_THE_ORDERS.map(|(code, ..)| code));
    for (known, (code, points_2013, items, some_without)) in KNOWN.iter().zip(BY_THE_ORDERS) {
        assert_eq!(known.points_2013, Points(points_2013), "{code} in 2013");
        let given = items.iter().map(|(article, _)| points_of_article(article));
        let none = (some_without || items.is_empty()).then_some(Points(0));
        let all: Vec<Points> = given.chain(none).collect();
        let range = (*all.iter().min().unwrap(), *all.iter().max().unwrap());
        assert_eq!(known.points_2022(), range, "{code} in 2022");
        let law = known.points_law();
        assert_eq!(law.is_some(), !items.is_empty(), "{code}");
        for (article, item) in items {
            let law = law.as_deref().unwrap();
            let (_, of_article) =
                law.split_once(&format!("第{article}条")).unwrap_or_else(|| panic!("{law}"));
            assert!(of_article.contains(&format!("第（{item}）项")), "{code}: {law}");
        }
    }
}

#[test]
fn every_law_is_named_by_its_full_title() {
    let titles = [
        "《中华人民共和国道路交通安全法》第",
        "《中华人民共和国道路交通安全法实施条例》第",
        "《校车安全管理条例》第",
    ];
    for known in KNOWN {
        for law in known.penalty_law.split('，') {
            assert!(titles.iter().any(|title| law.starts_with(title)), "{}: {law}", known.code);
        }
        if let Some(law) = known.points_law() {
            assert!(law.starts_with("《道路交通安全违法行为记分管理办法》第"), "{}: {law}", known.code);
        }
    }
    let law = |code: &str| KNOWN.iter().find(|known| known.code == code).unwrap().points_law().unwrap();
    assert_eq!(law("1344"), "《道路交通安全违法行为记分管理办法》第十二条第（四）项");
    assert_eq!(
        law("1636"),
        "《道路交通安全违法行为记分管理办法》第八条第（五）项、第十条第（二）项、第（三）项、第十一条第（二）项"
    );
}

#[test]
fn every_common_fine_was_seen_or_differs_knowingly() {
    let outside = FINES_SEEN.iter().filter_map(|(code, lowest, highest)| {
        let known = KNOWN.iter().find(|known| known.code == *code)?;
        let seen = lowest * 100..=highest * 100;
        (!seen.contains(&known.fine.fen())).then_some(known.code)
    });
    assert_eq!(outside.collect::<Vec<_>>(), COMMON_FINE_DIFFERS);
    for known in KNOWN {
        let most = if FINED_HIGHER.contains(&known.code) { 200_000 } else { 20_000 };
        assert!((0..=most).contains(&known.fine.fen()), "{}", known.code);
    }
}
