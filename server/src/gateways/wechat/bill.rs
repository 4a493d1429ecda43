//! Reads the trade bill of a day: a header, one line per payment and refund, and a header and a line of sums. Values
//! begin with a back quote, so that a comma within one separates nothing.

use std::collections::BTreeMap;

use rules::money::Fen;

use crate::gateways::payment::{BillKind, BillLine};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bill's line {line}: {problem}")]
pub struct BillError {
    line: usize,
    problem: String,
}

fn values(line: &str) -> Vec<&str> {
    line.trim_end().strip_prefix('`').unwrap_or(line).split(",`").collect()
}

/// Yuan with two places, as fen.
fn fen(text: &str) -> Option<i64> {
    let (yuan, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = match fraction.len() {
        0 => 0,
        1 => fraction.parse::<i64>().ok()? * 10,
        2 => fraction.parse::<i64>().ok()?,
        _ => return None,
    };
    yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(fraction)
}

/// The named columns of one line.
struct Row<'a> {
    number: usize,
    columns: BTreeMap<&'a str, &'a str>,
}

impl<'a> Row<'a> {
    fn of(number: usize, header: &[&'a str], line: &'a str) -> Result<Self, BillError> {
        let values = values(line);
        if values.len() != header.len() {
            let problem = format!("has {} values for {} columns", values.len(), header.len());
            return Err(BillError { line: number, problem });
        }
        Ok(Self { number, columns: header.iter().copied().zip(values).collect() })
    }

    fn text(&self, column: &str) -> Result<&'a str, BillError> {
        let missing = || BillError { line: self.number, problem: format!("has no column {column}") };
        self.columns.get(column).copied().ok_or_else(missing)
    }

    fn fen(&self, column: &str) -> Result<i64, BillError> {
        let text = self.text(column)?;
        fen(text)
            .ok_or_else(|| BillError { line: self.number, problem: format!("{column} is no sum: {text}") })
    }

    fn same(&self, column: &str, said: &str, expected: &str) -> Result<(), BillError> {
        if said == expected {
            return Ok(());
        }
        Err(BillError { line: self.number, problem: format!("{column} is {said}, expected {expected}") })
    }
}

/// The lines of the bill, checked against the merchant and against the bill's own sums.
pub fn read(text: &str, merchant: &str) -> Result<Vec<BillLine>, BillError> {
    let all: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    let [header, rows @ .., sums_header, sums] = &all[..] else {
        return Err(BillError { line: all.len(), problem: "too short for a bill".into() });
    };
    let header: Vec<&str> = header.trim_end().split(',').collect();
    let mut lines = Vec::with_capacity(rows.len());
    let (mut paid, mut returned) = (0_i64, 0_i64);
    for (index, row) in rows.iter().enumerate() {
        let row = Row::of(index + 2, &header, row)?;
        row.same("商户号", row.text("商户号")?, merchant)?;
        row.same("货币种类", row.text("货币种类")?, "CNY")?;
        let line = match row.text("交易状态")? {
            "SUCCESS" => BillLine {
                kind: BillKind::Payment,
                number: row.text("商户订单号")?.to_owned(),
                amount: Fen::new(row.fen("订单金额")?),
            },
            "REFUND" => BillLine {
                kind: BillKind::Refund,
                number: row.text("商户退款单号")?.to_owned(),
                amount: Fen::new(row.fen("申请退款金额")?),
            },
            other => {
                return Err(BillError { line: row.number, problem: format!("unknown state {other}") });
            }
        };
        match line.kind {
            BillKind::Payment => paid += line.amount.fen(),
            BillKind::Refund => returned += line.amount.fen(),
        }
        lines.push(line);
    }
    let sums_header: Vec<&str> = sums_header.trim_end().split(',').collect();
    let sums = Row::of(all.len(), &sums_header, sums)?;
    sums.same("总交易单数", sums.text("总交易单数")?, &lines.len().to_string())?;
    sums.same("订单总金额", &sums.fen("订单总金额")?.to_string(), &paid.to_string())?;
    sums.same("申请退款总金额", &sums.fen("申请退款总金额")?.to_string(), &returned.to_string())?;
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns as the provider's documentation lists them.
    const BILL: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n\
        `2026-11-18 10:00:00,`wx1,`1900000001,`0,`,`42,`LT1,`o,`MWEB,`SUCCESS,`OTHERS,`CNY,`200.00,`0.00,`0,`0,`0.00,`0.00,`,`,`罚款,一笔,`,`0.00000,`0.00%,`200.00,`0.00,`\r\n\
        `2026-11-18 11:00:00,`wx1,`1900000001,`0,`,`42,`LT1,`o,`MWEB,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`50,`LT1R,`200.00,`0.00,`ORIGINAL,`SUCCESS,`罚款,一笔,`,`0.00000,`0.00%,`0.00,`200.00,`\r\n\
        总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n\
        `2,`200.00,`200.00,`0.00,`0.00000,`200.00,`200.00\r\n";

    #[test]
    fn a_bill_as_the_documents_show_it_is_read_line_by_line() {
        let line = |kind, number: &str| BillLine { kind, number: number.into(), amount: Fen::new(20_000) };
        assert_eq!(
            read(BILL, "1900000001"),
            Ok(vec![line(BillKind::Payment, "LT1"), line(BillKind::Refund, "LT1R")])
        );
    }

    #[test]
    fn a_bill_of_another_merchant_or_with_wrong_sums_is_refused() {
        for (what, with) in [
            ("`1900000001,", "`1900000002,"),
            ("`CNY,", "`USD,"),
            ("`2,`200.00", "`3,`200.00"),
            ("`0.00000,`200.00,`200.00\r\n", "`0.00000,`100.00,`200.00\r\n"),
            ("`0.00000,`200.00,`200.00\r\n", "`0.00000,`200.00,`100.00\r\n"),
            ("`SUCCESS,`OTHERS", "`LOST,`OTHERS"),
            (",`0.00%,`200.00", ",`0.00%,`two"),
            ("`MWEB,`SUCCESS", "`SUCCESS"),
        ] {
            let changed = BILL.replacen(what, with, 1);
            assert_ne!(changed, BILL, "{what}");
            assert!(read(&changed, "1900000001").is_err(), "{with}");
        }
        assert!(read("", "1900000001").is_err());
    }

    #[test]
    fn sums_are_whole_fen() {
        for (text, expected) in
            [("200.00", Some(20_000)), ("0.5", Some(50)), ("3", Some(300)), ("1.234", None), ("x", None)]
        {
            assert_eq!(fen(text), expected, "{text}");
        }
    }
}
