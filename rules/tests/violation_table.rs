//! The table of violation codes beside the texts: what both orders on points and what queries of many places say of each.

use rules::licence::Points;
use rules::violation::KNOWN;

/// An article of order 163 and its item.
type Item = (&'static str, &'static str);

/// Code, points of orders 123 and 139, and what order 163 names; none where it gives no points.
#[rustfmt::skip]
const BY_THE_ORDERS: [(&str, u32, Option<Item>); 42] = [
    ("1018", 0, None),
    ("1019", 0, None),
    ("1039", 0, None),
    ("1043", 0, None),
    ("1074", 0, Some(("十二", "二"))),
    ("1094", 0, None),
    ("1102", 1, Some(("十二", "三"))),
    ("1103", 1, Some(("十二", "二"))),
    ("1111", 1, Some(("十二", "五"))),
    ("1116", 3, Some(("十二", "四"))),
    ("1117", 3, Some(("十二", "四"))),
    ("1120", 0, Some(("十二", "九"))),
    ("1208", 2, None),
    ("1211", 2, None),
    ("1223", 2, Some(("十一", "六"))),
    ("1240", 2, None),
    ("1243", 2, Some(("十一", "五"))),
    ("1301", 3, Some(("十一", "四"))),
    ("1302", 3, Some(("十一", "四"))),
    ("1312", 3, Some(("十一", "四"))),
    ("1340", 3, Some(("十二", "七"))),
    ("1344", 3, Some(("十二", "四"))),
    ("1345", 3, Some(("十二", "四"))),
    ("1352", 3, None),
    ("1353", 3, Some(("十二", "六"))),
    ("1357", 3, Some(("十一", "七"))),
    ("1373", 3, Some(("十一", "四"))),
    ("1610", 6, Some(("十", "九"))),
    ("1614", 6, Some(("九", "三"))),
    ("1624", 6, Some(("十一", "八"))),
    ("1625", 6, Some(("十", "八"))),
    // On other roads than express ways 3, article 11 (2).
    ("1636", 6, Some(("十", "三"))),
    // Under a half 3, article 11 (9).
    ("1637", 6, Some(("十", "四"))),
    ("1709", 12, Some(("九", "五"))),
    ("1718", 12, Some(("九", "四"))),
    // On other roads than express ways 6, article 10 (3).
    ("1721", 12, Some(("八", "五"))),
    ("4008", 6, Some(("十", "十一"))),
    ("4204", 2, Some(("十二", "九"))),
    // Under a fifth 3 by the orders of 2013, and none since.
    ("4305", 6, Some(("十", "三"))),
    // The orders of 2013 name no lower limit; the places warned and gave no points.
    ("6050", 0, None),
    ("7012", 0, None),
    ("7045", 0, None),
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
    assert_eq!(codes, BY_THE_ORDERS.map(|(code, _, _)| code));
    for (known, (code, points_2013, article)) in KNOWN.iter().zip(BY_THE_ORDERS) {
        assert_eq!(known.points_2013, Points(points_2013), "{code} in 2013");
        let points_2022 = article.map_or(Points(0), |(article, _)| points_of_article(article));
        assert_eq!(known.points_2022, points_2022, "{code} in 2022");
        match article {
            Some((article, item)) => {
                assert_eq!(known.law, format!("记分办法第{article}条({item})"), "{code}")
            }
            None => assert!(known.law.starts_with("道路交通安全法"), "{code}: {}", known.law),
        }
    }
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
