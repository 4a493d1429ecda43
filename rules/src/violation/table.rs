//! The codes that cameras record most, with the points of both orders. Descriptions are our own words; which act
//! carries how many points is in order 163 (articles 8 to 12) and in the annex of orders 123 and 139. Where a code
//! covers acts of different points, every item that they may fall under stands here.

use super::{KnownViolation, PointsItem};
use crate::licence::Points;
use crate::money::Fen;

const fn item(article: u8, item: &'static str) -> PointsItem {
    PointsItem { article, item }
}

const fn row(
    code: &'static str,
    acts: (&'static str, &'static str),
    yuan: i64,
    points_2013: u32,
    items: &'static [PointsItem],
    penalty_law: &'static str,
) -> KnownViolation {
    KnownViolation {
        code,
        act_zh: acts.0,
        act_en: acts.1,
        fine: Fen::yuan(yuan),
        points_2013: Points(points_2013),
        items,
        some_without: false,
        penalty_law,
    }
}

const fn some_without(row: KnownViolation) -> KnownViolation {
    KnownViolation { some_without: true, ..row }
}

/// Code, act, common fine in yuan, points of 2013, items of order 163, law.
#[rustfmt::skip]
pub const KNOWN: &[KnownViolation] = &[
    row("1018", ("未在机动车道内行驶", "Driving outside the motor-vehicle lane"), 100, 0, &[], "《中华人民共和国道路交通安全法》第三十六条、第九十条"),
    row("1019", ("违规占用专用车道", "Using a lane reserved for others"), 100, 0, &[], "《中华人民共和国道路交通安全法》第三十七条、第九十条"),
    row("1039", ("违法停放，妨碍通行", "Parking that obstructs traffic"), 150, 0, &[], "《中华人民共和国道路交通安全法》第五十六条、第九十三条"),
    row("1043", ("变更车道影响他人", "Changing lanes in others' way"), 100, 0, &[], "《中华人民共和国道路交通安全法实施条例》第四十四条，《中华人民共和国道路交通安全法》第九十条"),
    row("1074", ("不按规定倒车", "Reversing where it is not allowed"), 100, 0, &[item(12, "二")], "《中华人民共和国道路交通安全法实施条例》第五十条，《中华人民共和国道路交通安全法》第九十条"),
    row("1094", ("在同车道不按规定跟车", "Following too closely"), 100, 0, &[], "《中华人民共和国道路交通安全法》第四十三条、第九十条"),
    row("1102", ("不按规定使用灯光", "Improper use of lights"), 50, 1, &[item(12, "三")], "《中华人民共和国道路交通安全法实施条例》第五十八条，《中华人民共和国道路交通安全法》第九十条"),
    row("1103", ("不按规定会车", "Improper meeting of oncoming traffic"), 100, 1, &[item(12, "二")], "《中华人民共和国道路交通安全法实施条例》第四十八条，《中华人民共和国道路交通安全法》第九十条"),
    row("1111", ("载货超长、超宽、超高", "Load longer, wider or higher than allowed"), 100, 1, &[item(12, "五")], "《中华人民共和国道路交通安全法》第四十八条、第九十条"),
    row("1116", ("违反禁令标志指示", "Disobeying a prohibitory sign"), 100, 3, &[item(12, "四")], "《中华人民共和国道路交通安全法》第三十八条、第九十条"),
    row("1117", ("违反禁止标线指示", "Disobeying a prohibitory road marking"), 100, 3, &[item(12, "四")], "《中华人民共和国道路交通安全法》第三十八条、第九十条"),
    row("1120", ("驾驶时未系安全带", "Driving without a seat belt"), 50, 0, &[item(12, "九")], "《中华人民共和国道路交通安全法》第五十一条、第九十条"),
    row("1208", ("未按导向车道方向行驶", "Leaving the lane's marked direction at a junction"), 100, 2, &[], "《中华人民共和国道路交通安全法实施条例》第五十一条，《中华人民共和国道路交通安全法》第九十条"),
    row("1211", ("路口停止线外停车", "Stopping beyond the stop line"), 100, 2, &[], "《中华人民共和国道路交通安全法》第三十八条、第九十条"),
    row("1223", ("驾驶时接打手持电话", "Using a hand-held phone while driving"), 50, 2, &[item(11, "六")], "《中华人民共和国道路交通安全法实施条例》第六十二条，《中华人民共和国道路交通安全法》第九十条"),
    row("1240", ("行经路口不按规定行车", "Improper driving at a junction"), 100, 2, &[], "《中华人民共和国道路交通安全法实施条例》第五十一条，《中华人民共和国道路交通安全法》第九十条"),
    row("1243", ("遇排队占道或穿插等候车辆", "Cutting into a queue of waiting vehicles"), 100, 2, &[item(11, "五")], "《中华人民共和国道路交通安全法》第四十五条、第九十条"),
    row("1301", ("逆向行驶", "Driving against the direction of traffic"), 200, 3, &[item(11, "四")], "《中华人民共和国道路交通安全法》第三十五条、第九十条"),
    row("1302", ("不按规定超车", "Improper overtaking"), 200, 3, &[item(11, "四")], "《中华人民共和国道路交通安全法》第四十三条、第九十条"),
    row("1312", ("不按规定让行", "Failing to give way"), 100, 3, &[item(11, "四")], "《中华人民共和国道路交通安全法》第四十四条、第九十条"),
    row("1340", ("未按期检验机动车", "Driving without the periodic inspection"), 200, 3, &[item(11, "十二"), item(12, "七")], "《中华人民共和国道路交通安全法》第十三条、第九十条"),
    row("1344", ("违反禁令标志指示", "Disobeying a prohibitory sign"), 100, 3, &[item(12, "四")], "《中华人民共和国道路交通安全法》第三十八条、第九十条"),
    row("1345", ("违反禁止标线指示", "Disobeying a prohibitory road marking"), 100, 3, &[item(12, "四")], "《中华人民共和国道路交通安全法》第三十八条、第九十条"),
    some_without(row("1352", ("超速10%以上未达20%", "Speeding by 10 % to under 20 %"), 150, 3, &[item(10, "二"), item(12, "一")], "《中华人民共和国道路交通安全法》第四十二条、第九十条")),
    row("1353", ("货车超载未达30%", "Truck overloaded by under 30 %"), 500, 3, &[item(12, "六")], "《中华人民共和国道路交通安全法》第四十八条、第九十二条"),
    row("1357", ("行经人行横道不避让行人", "Not giving way at a zebra crossing"), 200, 3, &[item(11, "七")], "《中华人民共和国道路交通安全法》第四十七条、第九十条"),
    row("1373", ("在一般道路上逆向行驶", "Driving against the direction of traffic, not on a motorway"), 200, 3, &[item(11, "四")], "《中华人民共和国道路交通安全法》第三十五条、第九十条"),
    row("1610", ("驾驶证被暂扣期间驾驶", "Driving while the licence is withheld"), 1000, 6, &[item(10, "九")], "《中华人民共和国道路交通安全法》第九十九条"),
    row("1614", ("高速公路车道内停车", "Stopping in a motorway lane"), 200, 6, &[item(9, "三")], "《中华人民共和国道路交通安全法实施条例》第八十二条，《中华人民共和国道路交通安全法》第九十条"),
    row("1624", ("不避让校车", "Not giving way to a school bus"), 200, 6, &[item(11, "八")], "《校车安全管理条例》第三十三条、第五十二条"),
    row("1625", ("闯红灯", "Running a red light"), 200, 6, &[item(10, "八")], "《中华人民共和国道路交通安全法》第三十八条、第九十条"),
    row("1636", ("超速20%以上未达50%", "Speeding by 20 % to under 50 %"), 200, 6, &[item(8, "五"), item(10, "二"), item(10, "三"), item(11, "二")], "《中华人民共和国道路交通安全法》第四十二条、第九十条"),
    row("1637", ("货车超载30%以上", "Truck overloaded by 30 % or more"), 1000, 6, &[item(10, "四"), item(11, "九")], "《中华人民共和国道路交通安全法》第四十八条、第九十二条"),
    row("1709", ("驾驶证与准驾车型不符", "Driving a class not on the licence"), 1000, 12, &[item(9, "五")], "《中华人民共和国道路交通安全法》第十九条、第九十九条"),
    row("1718", ("故意遮挡号牌", "Covering the number plate"), 200, 12, &[item(9, "四")], "《中华人民共和国道路交通安全法》第十一条、第九十五条"),
    row("1721", ("超速50%以上", "Speeding by 50 % or more"), 1000, 12, &[item(8, "五"), item(9, "二"), item(10, "三")], "《中华人民共和国道路交通安全法》第四十二条、第九十九条"),
    row("4008", ("占用高速公路应急车道", "Driving on the emergency lane"), 200, 6, &[item(10, "十一")], "《中华人民共和国道路交通安全法实施条例》第八十二条，《中华人民共和国道路交通安全法》第九十条"),
    row("4204", ("高速公路未系安全带", "No seat belt on a motorway"), 100, 2, &[item(12, "九")], "《中华人民共和国道路交通安全法》第五十一条、第九十条"),
    some_without(row("4305", ("高速公路超速未达50%", "Speeding on a motorway by under 50 %"), 200, 6, &[item(8, "五"), item(10, "二"), item(10, "三")], "《中华人民共和国道路交通安全法》第四十二条、第九十条")),
    row("6050", ("超速未达10%", "Speeding by under 10 %"), 0, 0, &[], "《中华人民共和国道路交通安全法》第四十二条、第九十条"),
    row("7012", ("乘客未系安全带", "Passenger without a seat belt"), 50, 0, &[], "《中华人民共和国道路交通安全法》第五十一条、第八十九条"),
    row("7045", ("违反限制通行区域规定", "Driving in a restricted area"), 100, 0, &[], "《中华人民共和国道路交通安全法》第三十九条、第九十条"),
];
