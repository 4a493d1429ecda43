//! Names that the demo registry draws from: people, places, streets. None of them is anybody's.

/// Surnames, common ones first and drawn more often.
pub const SURNAMES: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何",
    "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韦", "覃", "邓", "冯", "韩", "曹", "曾", "彭",
    "萧", "蔡", "潘", "田", "董", "欧阳",
];

/// Characters of given names.
pub const GIVEN: [&str; 60] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超", "兰",
    "霞", "平", "刚", "桂", "英", "华", "玉", "萍", "红", "鑫", "波", "斌", "宇", "浩", "凯", "健", "俊",
    "帆", "雪", "琳", "雨", "欣", "怡", "佳", "晨", "梓", "涵", "子", "轩", "思", "远", "文", "博", "海",
    "燕", "春", "梅", "建", "国", "志", "成", "永", "安",
];

/// A city with its counties' codes, the prefixes of its plates and some of its streets.
pub struct City {
    pub regions: &'static [&'static str],
    pub prefixes: &'static [&'static str],
    pub streets: &'static [&'static str],
    /// How many of a thousand people live there.
    pub weight: u32,
}

pub const CITIES: [City; 6] = [
    City {
        regions: &["530102", "530103", "530111", "530112", "530114"],
        prefixes: &["云A"],
        streets: &["北京路", "人民中路", "环城南路", "滇池路", "春城路", "龙泉路", "彩云北路", "白龙路"],
        weight: 220,
    },
    City {
        regions: &["450102", "450103", "450105", "450107", "450108"],
        prefixes: &["桂A"],
        streets: &["民族大道", "朝阳路", "大学路", "星光大道", "白沙大道", "秀厢大道", "友爱路", "凤岭南路"],
        weight: 220,
    },
    City {
        regions: &["370102", "370103", "370104", "370105", "370112", "370202", "370203", "370212"],
        prefixes: &["鲁A", "鲁B"],
        streets: &["经十路", "泉城路", "解放路", "历山路", "香港中路", "山东路", "延安三路", "二环东路"],
        weight: 220,
    },
    City {
        regions: &["500103", "500105", "500106", "500107", "500108", "500112"],
        prefixes: &["渝A", "渝B", "渝D"],
        streets: &[
            "嘉陵江滨江路",
            "长江二路",
            "中山一路",
            "龙山大道",
            "金开大道",
            "渝州路",
            "学府大道",
            "红锦大道",
        ],
        weight: 220,
    },
    City {
        regions: &["450302", "450303", "450304", "450305"],
        prefixes: &["桂C"],
        streets: &["中山中路", "漓江路", "环城西一路", "解放东路"],
        weight: 60,
    },
    City {
        regions: &["440103", "440104", "440105", "440106"],
        prefixes: &["粤A"],
        streets: &["东风东路", "环市东路", "黄埔大道", "江南大道"],
        weight: 60,
    },
];
