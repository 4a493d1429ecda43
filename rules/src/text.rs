//! Text that people type.

/// Full-width ASCII as ASCII; anything else as it is.
pub fn half_width(character: char) -> char {
    match character {
        '！'..='～' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_ascii_becomes_ascii_and_nothing_else_changes() {
        let typed: String = "ＡＢｚ０９！～Ａ-9云·".chars().map(half_width).collect();
        assert_eq!(typed, "ABz09!~A-9云·");
    }
}
