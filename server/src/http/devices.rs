//! Names browser and system from the User-Agent header, without versions.

/// The browser inside the app of WeChat.
pub const WECHAT: &str = "WeChat";

/// Words that tell a browser, those that others borrow last.
const BROWSERS: [(&str, &str); 10] = [
    ("MicroMessenger/", WECHAT),
    ("AlipayClient/", "Alipay"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("QQBrowser/", "QQ Browser"),
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 8] = [
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

/// What the header says of browser and system; nothing where it names neither.
pub fn name(user_agent: &str) -> String {
    let known = |words: &[(&str, &'static str)]| {
        words.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
    };
    let parts: Vec<_> = [known(&BROWSERS), known(&SYSTEMS)].into_iter().flatten().collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn browsers_that_name_others_too_are_told_apart() {
        let android = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)";
        for (user_agent, expected) in [
            (format!("{android} Chrome/142.0.0.0 Mobile Safari/537.36"), "Chrome · Android"),
            (format!("{android} Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0.50"), "WeChat · Android"),
            (format!("{android} Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0"), "Edge · Android"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.0 Mobile/15E148 Safari/604.1"
                    .into(),
                "Safari · iPhone",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(), "Firefox · Linux"),
            ("curl/8.5.0".into(), ""),
            (String::new(), ""),
        ] {
            assert_eq!(name(&user_agent), expected, "{user_agent}");
        }
    }
}
