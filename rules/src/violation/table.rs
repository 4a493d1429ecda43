//! The codes that cameras record most, with the points of both orders. Descriptions are our own words; which act
//! carries how many points is in order 163 (articles 8 to 12) and in the annex of orders 123 and 139. Where a code
//! covers acts of different points (1636, 1637, 1721, 4305), the most stand here, and fewer by the registry count.

use super::KnownViolation;
use crate::licence::Points;
use crate::money::Fen;

const fn row(
    code: &'static str,
    acts: (&'static str, &'static str),
    yuan: i64,
    points: (u32, u32),
    law: &'static str,
) -> KnownViolation {
    KnownViolation {
        code,
        act_zh: acts.0,
        act_en: acts.1,
        fine: Fen::yuan(yuan),
        points_2013: Points(points.0),
        points_2022: Points(points.1),
        law,
    }
}

/// Code, act, common fine in yuan, points of 2013 and of 2022, law.
#[rustfmt::skip]
pub const KNOWN: &[KnownViolation] = &[
    row("1018", ("未在机动车道内行驶", "Driving outside the motor-vehicle lane"), 100, (0, 0), "道路交通安全法第三十六条、第九十条"),
    row("1019", ("违规占用专用车道", "Using a lane reserved for others"), 100, (0, 0), "道路交通安全法第三十七条、第九十条"),
    row("1039", ("违法停放,妨碍通行", "Parking that obstructs traffic"), 150, (0, 0), "道路交通安全法第五十六条、第九十三条"),
    row("1043", ("变更车道影响他人", "Changing lanes in others' way"), 100, (0, 0), "道路交通安全法实施条例第四十四条"),
    row("1074", ("不按规定倒车", "Reversing where it is not allowed"), 100, (0, 1), "记分办法第十二条(二)"),
    row("1094", ("在同车道不按规定跟车", "Following too closely"), 100, (0, 0), "道路交通安全法第四十三条"),
    row("1102", ("不按规定使用灯光", "Improper use of lights"), 50, (1, 1), "记分办法第十二条(三)"),
    row("1103", ("不按规定会车", "Improper meeting of oncoming traffic"), 100, (1, 1), "记分办法第十二条(二)"),
    row("1111", ("载货超长、超宽、超高", "Load longer, wider or higher than allowed"), 100, (1, 1), "记分办法第十二条(五)"),
    row("1116", ("违反禁令标志指示", "Disobeying a prohibitory sign"), 100, (3, 1), "记分办法第十二条(四)"),
    row("1117", ("违反禁止标线指示", "Disobeying a prohibitory road marking"), 100, (3, 1), "记分办法第十二条(四)"),
    row("1120", ("驾驶时未系安全带", "Driving without a seat belt"), 50, (0, 1), "记分办法第十二条(九)"),
    row("1208", ("未按导向车道方向行驶", "Leaving the lane's marked direction at a junction"), 100, (2, 0), "道路交通安全法实施条例第五十一条"),
    row("1211", ("路口停止线外停车", "Stopping beyond the stop line"), 100, (2, 0), "道路交通安全法第三十八条"),
    row("1223", ("驾驶时接打手持电话", "Using a hand-held phone while driving"), 50, (2, 3), "记分办法第十一条(六)"),
    row("1240", ("行经路口不按规定行车", "Improper driving at a junction"), 100, (2, 0), "道路交通安全法实施条例第五十一条"),
    row("1243", ("遇排队占道或穿插等候车辆", "Cutting into a queue of waiting vehicles"), 100, (2, 3), "记分办法第十一条(五)"),
    row("1301", ("逆向行驶", "Driving against the direction of traffic"), 200, (3, 3), "记分办法第十一条(四)"),
    row("1302", ("不按规定超车", "Improper overtaking"), 200, (3, 3), "记分办法第十一条(四)"),
    row("1312", ("不按规定让行", "Failing to give way"), 100, (3, 3), "记分办法第十一条(四)"),
    row("1340", ("未按期检验机动车", "Driving without the periodic inspection"), 200, (3, 1), "记分办法第十二条(七)"),
    row("1344", ("违反禁令标志指示", "Disobeying a prohibitory sign"), 100, (3, 1), "记分办法第十二条(四)"),
    row("1345", ("违反禁止标线指示", "Disobeying a prohibitory road marking"), 100, (3, 1), "记分办法第十二条(四)"),
    row("1352", ("超速10%以上未达20%", "Speeding by 10 % to under 20 %"), 150, (3, 0), "道路交通安全法第四十二条、第九十条"),
    row("1353", ("货车超载未达30%", "Truck overloaded by under 30 %"), 500, (3, 1), "记分办法第十二条(六)"),
    row("1357", ("行经人行横道不避让行人", "Not giving way at a zebra crossing"), 200, (3, 3), "记分办法第十一条(七)"),
    row("1373", ("在一般道路上逆向行驶", "Driving against the direction of traffic, not on a motorway"), 200, (3, 3), "记分办法第十一条(四)"),
    row("1610", ("驾驶证被暂扣期间驾驶", "Driving while the licence is withheld"), 1000, (6, 6), "记分办法第十条(九)"),
    row("1614", ("高速公路车道内停车", "Stopping in a motorway lane"), 200, (6, 9), "记分办法第九条(三)"),
    row("1624", ("不避让校车", "Not giving way to a school bus"), 200, (6, 3), "记分办法第十一条(八)"),
    row("1625", ("闯红灯", "Running a red light"), 200, (6, 6), "记分办法第十条(八)"),
    row("1636", ("超速20%以上未达50%", "Speeding by 20 % to under 50 %"), 200, (6, 6), "记分办法第十条(三)"),
    row("1637", ("货车超载30%以上", "Truck overloaded by 30 % or more"), 1000, (6, 6), "记分办法第十条(四)"),
    row("1709", ("驾驶证与准驾车型不符", "Driving a class not on the licence"), 1000, (12, 9), "记分办法第九条(五)"),
    row("1718", ("故意遮挡号牌", "Covering the number plate"), 200, (12, 9), "记分办法第九条(四)"),
    row("1721", ("超速50%以上", "Speeding by 50 % or more"), 1000, (12, 12), "记分办法第八条(五)"),
    row("4008", ("占用高速公路应急车道", "Driving on the emergency lane"), 200, (6, 6), "记分办法第十条(十一)"),
    row("4204", ("高速公路未系安全带", "No seat belt on a motorway"), 100, (2, 1), "记分办法第十二条(九)"),
    row("4305", ("高速公路超速未达50%", "Speeding on a motorway by under 50 %"), 200, (6, 6), "记分办法第十条(三)"),
    row("6050", ("超速未达10%", "Speeding by under 10 %"), 0, (0, 0), "道路交通安全法第四十二条"),
    row("7012", ("乘客未系安全带", "Passenger without a seat belt"), 50, (0, 0), "道路交通安全法第五十一条"),
    row("7045", ("违反限制通行区域规定", "Driving in a restricted area"), 100, (0, 0), "道路交通安全法第三十九条"),
];
