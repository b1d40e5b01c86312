//! Characters with several readings, as names have them.

/// The reading that a character has by its place in the name, where it is not the common one.
pub(super) fn reading_at(characters: &[char], place: usize) -> Option<&'static str> {
    let before = place.checked_sub(1).map(|before| characters[before]);
    let after = characters.get(place + 1).copied();
    let is_surname = after == Some('氏') || (place == 0 && is_person(characters));
    if is_surname && let Some((_, reading)) = of(SURNAMES, characters[place]) {
        return Some(reading);
    }
    let is_before = |list: &str| after.is_some_and(|after| list.contains(after));
    let is_after = |list: &str| before.is_some_and(|before| list.contains(before));
    match characters[place] {
        '行' if is_after("银商车洋支分总琴乐粮茶药布米鱼典同") || is_before("业情") => {
            Some("hang")
        }
        '行' => Some("xing"),
        '长' if is_after("校局部院县市区镇乡村组队站所会社家成生增班处科厂")
            || is_before("子者") =>
        {
            Some("zhang")
        }
        '长' => Some("chang"),
        '重' if is_before("庆建组新阳叠") || is_after("双三多") => Some("chong"),
        '重' => Some("zhong"),
        '乐' if is_after("音声民器管弦") || is_before("器团谱队曲坊") => Some("yue"),
        '乐' => Some("le"),
        '曾' if after == Some('经') => Some("ceng"),
        '曾' => Some("zeng"),
        '盛' => Some("sheng"),
        '朝' if is_before("阳晖霞") => Some("zhao"),
        '都' => Some("du"),
        '厦' if after == Some('门') => Some("xia"),
        _ => None,
    }
}

/// The readings by which a name with the character is looked for; empty for most.
pub(super) fn others_of(character: char) -> &'static [&'static str] {
    of(READINGS, character).map_or(&[], |(_, readings)| readings)
}

/// Whether the name is a person's: short, and no body's.
fn is_person(characters: &[char]) -> bool {
    (2..=4).contains(&characters.len())
        && !characters
            .last()
            .is_some_and(|last| "会区市县镇乡村厂社部局校院街道".contains(*last))
}

fn of<T: Copy>(list: &[(char, T)], character: char) -> Option<(char, T)> {
    list.iter().find(|(known, _)| *known == character).copied()
}

const SURNAMES: &[(char, &str)] = &[
    ('单', "shan"),
    ('曾', "zeng"),
    ('仇', "qiu"),
    ('解', "xie"),
    ('查', "zha"),
    ('朴', "piao"),
    ('区', "ou"),
    ('任', "ren"),
    ('盖', "ge"),
    ('缪', "miao"),
    ('覃', "qin"),
    ('冼', "xian"),
    ('员', "yun"),
    ('纪', "ji"),
    ('祭', "zhai"),
    ('召', "shao"),
    ('种', "chong"),
    ('隗', "wei"),
    ('黑', "he"),
    ('秘', "bi"),
    ('句', "gou"),
    ('能', "nai"),
    ('逄', "pang"),
    ('翟', "zhai"),
    ('乐', "yue"),
    ('重', "chong"),
    ('长', "chang"),
    ('折', "she"),
    ('宿', "su"),
    ('尉', "wei"),
    ('柏', "bai"),
    ('薄', "bo"),
    ('藏', "zang"),
    ('晁', "chao"),
    ('谌', "chen"),
    ('费', "fei"),
    ('贾', "jia"),
    ('瞿', "qu"),
    ('卜', "bu"),
    ('万', "wan"),
    ('牟', "mu"),
    ('车', "che"),
    ('石', "shi"),
    ('盛', "sheng"),
    ('干', "gan"),
    ('褚', "chu"),
    ('繁', "po"),
    ('适', "kuo"),
    ('洗', "xian"),
];

const READINGS: &[(char, &[&str])] = &[
    ('行', &["hang", "xing"]),
    ('长', &["chang", "zhang"]),
    ('重', &["zhong", "chong"]),
    ('乐', &["le", "yue"]),
    ('曾', &["zeng", "ceng"]),
    ('单', &["dan", "shan"]),
    ('盛', &["sheng", "cheng"]),
    ('朝', &["chao", "zhao"]),
    ('都', &["du", "dou"]),
    ('厦', &["xia", "sha"]),
    ('圩', &["wei", "xu"]),
    ('堡', &["bao", "pu", "bu"]),
    ('仇', &["qiu", "chou"]),
    ('解', &["jie", "xie"]),
    ('查', &["cha", "zha"]),
    ('朴', &["pu", "piao"]),
    ('盖', &["gai", "ge"]),
    ('缪', &["miao", "mou"]),
    ('覃', &["tan", "qin"]),
    ('藏', &["cang", "zang"]),
    ('传', &["chuan", "zhuan"]),
    ('角', &["jiao", "jue"]),
    ('贾', &["jia", "gu"]),
    ('柏', &["bai", "bo"]),
    ('尉', &["wei", "yu"]),
    ('翟', &["zhai", "di"]),
    ('种', &["zhong", "chong"]),
    ('召', &["zhao", "shao"]),
    ('宿', &["su", "xiu"]),
    ('泊', &["bo", "po"]),
    ('晟', &["sheng", "cheng"]),
    ('秘', &["mi", "bi"]),
    ('牟', &["mu", "mou"]),
    ('厘', &["li"]),
    ('涡', &["wo", "guo"]),
    ('番', &["fan", "pan"]),
    ('校', &["xiao", "jiao"]),
    ('澄', &["cheng", "deng"]),
    ('薄', &["bo", "bao"]),
    ('调', &["diao", "tiao"]),
    ('降', &["jiang", "xiang"]),
    ('阿', &["a", "e"]),
    ('给', &["gei", "ji"]),
    ('率', &["lv", "shuai"]),
    ('绿', &["lv", "lu"]),
];
