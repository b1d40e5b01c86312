//! The one form in which names of unions and people are compared: in tables, in the register, in searches.

use unicode_normalization::UnicodeNormalization;

use crate::core::text::{alike, line};

/// A name as it is compared: no blanks, small letters, brackets, middle dots and dashes of any shape the same, the traditional characters that
/// names of unions have as simplified ones, no full stop at its end.
pub fn of_name(name: &str) -> String {
    let made = alike(name);
    let is_compatible =
        |character: char| character.is_ascii() || ('\u{4e00}'..='\u{9fff}').contains(&character);
    let form: String = if made.chars().all(is_compatible) {
        // No such character has a compatibility form, and no letter of them more than one small one.
        let said = made.chars().filter(|character| !character.is_whitespace());
        said.map(|character| compared(character).to_ascii_lowercase())
            .collect()
    } else {
        made.nfkc()
            .filter(|character| !character.is_whitespace())
            .map(compared)
            .flat_map(char::to_lowercase)
            .collect()
    };
    form.trim_matches(['。', '·', ',', '、', ';', ':', '-'])
        .to_owned()
}

/// A union's name as it is compared: its committee is the union.
pub fn of_union(name: &str) -> String {
    let form = of_name(name);
    if form.contains("工会委员会") {
        form.replace("工会委员会", "工会")
    } else {
        form
    }
}

/// What most companies' names end with, the longest first.
const COMPANY: [&str; 3] = ["有限责任公司", "股份有限公司", "有限公司"];

/// A union's name without what most names have: the kind of body behind, the province and the city in front. Nearness is told by it.
pub fn core_of_union(name: &str) -> String {
    let mut form = of_union(name);
    form.truncate(form.len() - misspelt_company(&form));
    for word in COMPANY.into_iter().chain(["公司", "工会"]) {
        form = form.replace(word, "");
    }
    for end in ['省', '市'] {
        // A place has two or three characters: 江苏省, 连云港市.
        let place = form.chars().take(4).position(|character| character == end);
        let rest = |place: usize| form.chars().skip(place + 1).collect::<String>();
        if let Some(rest) = place.filter(|place| *place >= 2).map(rest)
            && rest.chars().count() >= 4
        {
            form = rest;
        }
    }
    form
}

/// How many bytes of a name's end are a company's kind, and 工会 behind it, with one wrong character in it: 有限工司工会.
fn misspelt_company(form: &str) -> usize {
    let characters: Vec<char> = form.chars().collect();
    let ends = || {
        COMPANY
            .into_iter()
            .flat_map(|kind| [format!("{kind}工会"), kind.to_owned()])
    };
    if ends().any(|end| form.ends_with(&end)) {
        return 0;
    }
    let misspelt = ends().find_map(|end| {
        let start = characters.len().checked_sub(end.chars().count())?;
        let written = &characters[start..];
        let wrong = written.iter().zip(end.chars());
        let wrong = wrong.filter(|(one, other)| *one != other).count();
        (wrong == 1).then(|| written.iter().map(|character| character.len_utf8()).sum())
    });
    misspelt.unwrap_or(0)
}

/// The people's names in one cell, if it has several.
pub fn several_people(name: &str) -> Option<Vec<String>> {
    let names: Vec<String> = line(name)
        .split([
            '、', '，', ',', ';', '；', '/', '／', '\\', '|', '&', '＆', '和',
        ])
        .map(line)
        .filter(|part| !part.is_empty())
        .collect();
    // 和 is a character of names, too: two people only where both halves could be names.
    let by_sign = names.len() > 1 && !line(name).contains('和');
    let by_word = names.len() > 1 && names.iter().all(|name| name.chars().count() >= 2);
    let by_blank = || {
        let parts: Vec<String> = line(name).split(' ').map(str::to_owned).collect();
        are_blank_between(&parts).then_some(parts)
    };
    (by_sign || by_word).then_some(names).or_else(by_blank)
}

/// Whether parts of a cell are people of their own: 张三 李四, but not 王 芳, nor 欧阳 娜娜.
fn are_blank_between(parts: &[String]) -> bool {
    const OF_TWO: [&str; 24] = [
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙",
        "宇文", "司徒", "夏侯", "端木", "百里", "南宫", "独孤", "闻人", "轩辕", "申屠", "淳于",
        "太史", "赫连",
    ];
    let is_name =
        |part: &String| (2..=3).contains(&part.chars().count()) && part.chars().all(is_han);
    let is_one = parts.len() == 2 && OF_TWO.contains(&parts[0].as_str());
    parts.len() > 1 && parts.iter().all(is_name) && !is_one
}

fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a cell may be one person's name: letters, and no number, no question mark, no “and others”.
pub fn is_persons_name(name: &str) -> bool {
    let form = of_name(name);
    form.chars().any(char::is_alphabetic)
        && !form
            .chars()
            .any(|one| one.is_numeric() && !is_han(one) || one == '?')
        && !form.ends_with('等')
        && !form.ends_with("等人")
}

/// The unions' names in one cell, if it has several.
pub fn several_unions(name: &str) -> Option<Vec<String>> {
    let ends = |part: &str| of_union(part).ends_with("工会") || part.ends_with("联合会");
    let names: Vec<String> = line(name)
        .split(['、', '，', ',', ';', '；', '/', '／', '|', ' '])
        .map(line)
        .filter(|part| !part.is_empty())
        .collect();
    (names.len() > 1 && names.iter().all(|part| ends(part))).then_some(names)
}

/// Whether a union's name says more than that it is a union: letters beside 工会, and no question mark, which stands for a lost character.
pub fn is_unions_name(name: &str) -> bool {
    let form = of_union(name);
    let rest = form.replace("工会", "").replace("联合会", "");
    rest.chars().any(char::is_alphabetic) && !form.contains('?')
}

fn compared(character: char) -> char {
    match character {
        '〔' | '[' | '【' | '〖' | '{' | '⟨' | '〈' | '﹝' | '﹇' => '(',
        '〕' | ']' | '】' | '〗' | '}' | '⟩' | '〉' | '﹞' | '﹈' => ')',
        '・' | '•' | '.' | '‧' | '⋅' | '∙' | '●' | '⸱' | 'ᐧ' | '᛫' => '·',
        '‐'..='―' | '−' | '─' | '━' | '~' => '-',
        '“' | '”' | '‘' | '’' | '「' | '」' | '『' | '』' | '\'' => '"',
        other => simplified(other),
    }
}

/// Traditional characters, each followed by its simplified one.
const TRADITIONAL: &str = "會会機机總总廠厂電电車车業业國国華华東东貿贸縣县區区鎮镇鄉乡學学醫医銀银聯联職职員员師师長长門门開开發发實实產产術术網网絡络紡纺織织儀仪軟软環环綠绿動动運运輸输設设計计藥药飛飞龍龙馬马興兴寧宁陽阳鋼钢鐵铁團团務务際际傳传廣广體体館馆鐘钟錢钱陳陈張张劉刘黃黄趙赵吳吴孫孙鄭郑許许韓韩馮冯蕭萧葉叶蘇苏盧卢賈贾閻阎鄧邓譚谭鄒邹陸陆萬万義义禮礼偉伟傑杰衛卫麗丽靜静蘭兰鳳凤強强榮荣貴贵慶庆賢贤勝胜賓宾應应顏颜齊齐達达遠远進进連连選选邊边還还這这過过關关間间問问聞闻閱阅陣阵陰阴隊队階阶難难雲云靈灵順顺預预領领頭头題题類类風风飯饭駕驾驗验驚惊魚鱼鳥鸟麥麦點点龜龟壓压塗涂壩坝壯壮處处備备優优價价億亿兒儿內内兩两冊册凍冻劃划創创勞劳勢势匯汇協协單单賣卖參参雙双變变園园圖图圍围場场塊块報报夢梦奧奥婦妇嬰婴孿孪寶宝審审導导層层屬属島岛岡冈幣币帶带幫帮幹干庫库廳厅彈弹後后從从徑径復复恆恒愛爱態态憶忆懷怀戰战戲戏撲扑擇择擔担據据擴扩攝摄數数斷断時时晉晋晝昼書书橋桥標标樣样樓楼樂乐樞枢構构檢检櫃柜欄栏權权歐欧歲岁歷历殘残殼壳氣气汙污決决沒没沖冲況况溝沟滅灭溫温滬沪滿满漁渔漢汉潔洁潤润澤泽濟济濱滨灣湾災灾爐炉爭争爾尔牆墙獎奖獨独獲获現现琺珐瑪玛畫画異异當当療疗監监盤盘眾众確确碼码礦矿種种稱称積积穩稳窯窑競竞筆笔節节範范築筑簡简籃篮糧粮級级紅红約约紀纪純纯紙纸線线組组終终結结給给統统經经維维緒绪編编練练縫缝繡绣繪绘續续罰罚羅罗習习聖圣聲声肅肃腦脑膠胶臨临艦舰藝艺莊庄薦荐蠶蚕補补裝装製制複复見见規规視视覺觉觀观訂订討讨訊讯記记訓训評评詞词試试詩诗話话該该詳详語语誠诚說说課课調调談谈請请論论諾诺謝谢證证識识議议護护讀读貝贝負负財财貨货質质費费資资賽赛贊赞趕赶跡迹軌轨軍军軸轴載载輔辅輕轻輪轮轉转辦办農农適适遺遗郵邮釀酿針针鈕钮鈦钛鈴铃鉛铅銅铜銷销鋁铝鋅锌錫锡錄录鍋锅鍛锻鍵键鎳镍鏈链鏡镜鑄铸鑽钻閥阀陝陕雜杂離离霧雾響响項项須须飲饮養养駿骏騰腾髮发鬥斗鮮鲜鴻鸿鹽盐";

fn simplified(character: char) -> char {
    if !('\u{4e00}'..='\u{9fff}').contains(&character) {
        return character;
    }
    // One place for each Han character: names are compared by the hundred thousand.
    static TABLE: std::sync::LazyLock<Vec<char>> = std::sync::LazyLock::new(|| {
        let mut table: Vec<char> = ('\u{4e00}'..='\u{9fff}').collect();
        let characters: Vec<char> = TRADITIONAL.chars().collect();
        for pair in characters.chunks_exact(2) {
            if let Some(simplified) = place_of(pair[0]).and_then(|place| table.get_mut(place)) {
                *simplified = pair[1];
            }
        }
        table
    });
    let found = place_of(character).and_then(|place| TABLE.get(place));
    found.copied().unwrap_or(character)
}

fn place_of(character: char) -> Option<usize> {
    usize::try_from(u32::from(character).checked_sub(0x4e00)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_union_have_one_form() {
        let form = of_union("常州天宁（某某）精密机械有限公司工会");
        for spelling in [
            "常州天宁(某某)精密机械有限公司工会",
            "常州天宁（某某）精密机械有限公司工会委员会",
            "常州天宁（某某） 精密机械有限公司工会",
            "常州天宁（某某）精密机械有限公司⼯会",
            "常州天宁（某某）精密机械有限公司工\u{200b}会",
            "\u{200b}常州天宁（某某）精密机械有限公司工会",
            "常州天宁（某某）精密机械有限公司工会。",
            "常州天宁﹙某某﹚精密机械有限公司工会",
            "常州天宁（某某）精密機械有限公司工會",
            "常州天宁〔某某〕精密机械有限公司工会",
            "常州天宁【某某】精密机械有限公司工会",
        ] {
            assert_eq!(of_union(spelling), form, "{spelling}");
        }
        assert_ne!(of_union("常州天宁精密机械有限公司工会"), form);
        assert_ne!(of_union("常州某厂工会联合会"), of_union("常州某厂工会"));
        assert_ne!(of_union("某厂工会女职工委员会"), of_union("某厂工会"));
        assert_eq!(of_union("ＡＢＢ 常州——分厂工会"), "abb常州--分厂工会");
    }

    #[test]
    fn a_province_and_a_city_in_front_do_not_make_another_union() {
        for (one, other) in [
            (
                "江苏省常州市天宁某某机械有限公司工会",
                "天宁某某机械有限责任公司工会委员会",
            ),
            ("连云港市港务集团公司工会", "港务集团工会"),
        ] {
            assert_eq!(core_of_union(one), core_of_union(other), "{one}");
        }
        assert_eq!(core_of_union("市政工程公司工会"), "市政工程");
        assert_eq!(core_of_union("常州超市工会"), "常州超市");
    }

    #[test]
    fn every_middle_dot_and_blank_of_a_persons_name_is_the_same() {
        for spelling in [
            "阿依古丽·买买提",
            "阿依古丽・买买提",
            "阿依古丽•买买提",
            "阿依古丽．买买提",
            "阿依古丽 · 买买提",
        ] {
            assert_eq!(of_name(spelling), "阿依古丽·买买提", "{spelling}");
        }
        assert_eq!(of_name("张　三"), of_name("张三"));
    }

    #[test]
    fn two_people_in_one_cell_are_seen() {
        for (cell, expect) in [
            ("张三、李四", Some(2)),
            ("张三，李四；王五", Some(3)),
            ("张三/李四", Some(2)),
            ("张三和李四", Some(2)),
            ("张三", None),
            ("张三、", None),
            ("和平", None),
            ("张和平", None),
            ("王永和", None),
            ("阿依古丽·买买提", None),
            ("张三 李四", Some(2)),
            ("张三\n李四", Some(2)),
            ("张三　李小四 王五", Some(3)),
            ("王 芳", None),
            ("欧阳 娜娜", None),
            ("John Smith", None),
        ] {
            assert_eq!(
                several_people(cell).map(|names| names.len()),
                expect,
                "{cell}"
            );
        }
    }

    #[test]
    fn what_cannot_be_a_name_is_told() {
        for (cell, expect) in [
            ("张三", true),
            ("王 芳", true),
            ("李䶮", true),
            ("John Smith", true),
            ("阿依古丽·买买提", true),
            ("张三（兼）", true),
            ("张三1", false),
            ("张三13800001111", false),
            ("周八 13800000000", false),
            ("张三等", false),
            ("张三等人", false),
            ("1", false),
            ("？", false),
            ("张？", false),
        ] {
            assert_eq!(is_persons_name(cell), expect, "{cell}");
        }
        for (cell, expect) in [
            ("常州某厂工会", true),
            ("甲厂工会", true),
            ("ABB工会", true),
            ("103厂工会", true),
            ("?", false),
            ("123", false),
            ("工会", false),
            ("工会委员会", false),
            ("？？厂工会", false),
        ] {
            assert_eq!(is_unions_name(cell), expect, "{cell}");
        }
        for (cell, expect) in [
            ("甲厂工会、乙厂工会", Some(2)),
            ("甲厂工会\n乙厂工会委员会", Some(2)),
            ("甲厂工会", None),
            ("常州市机械、冶金工会", None),
            ("产业、局、公司工会联合会", None),
            ("常州 某厂工会", None),
        ] {
            let several = several_unions(cell).map(|names| names.len());
            assert_eq!(several, expect, "{cell}");
        }
    }
}
