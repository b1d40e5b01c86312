//! Every Chinese word of the pages goes through `t()` and has its English; no English word is left over. The sources of the crates that speak
//! are read as text, so that a word is found missing without building them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use jianjia_words::locale::ENGLISH_FILES;

/// Files below `folder` with one of the endings: path and text.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push((
                    path.display().to_string(),
                    fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    found.sort();
    found
}

/// Chinese characters and their punctuation.
fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
    })
}

/// English words by Chinese source, and the sources that two files give different words.
fn english() -> (BTreeMap<String, String>, Vec<String>) {
    let mut words = BTreeMap::new();
    let mut quarrels = Vec::new();
    for (file, text) in ENGLISH_FILES {
        let table: toml::Table = text
            .parse()
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        for (source, word) in table {
            let word = word
                .as_str()
                .unwrap_or_else(|| panic!("{file}: {source} is not a word"))
                .to_owned();
            if let Some(other) = words.insert(source.clone(), word.clone())
                && other != word
            {
                quarrels.push(format!("{file}: {source} = {word}, elsewhere {other}"));
            }
        }
    }
    (words, quarrels)
}

/// The string literals of a source text that stand in Rust code or in a template's expressions, tests left out.
fn literals(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut literals = Vec::new();
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = characters.next() {
        if c == '/' && characters.peek() == Some(&'/') && before != ':' {
            for c in characters.by_ref() {
                if c == '\n' {
                    break;
                }
            }
        } else if c == '"' && before != '\'' {
            let mut literal = String::new();
            while let Some(c) = characters.next() {
                match c {
                    '"' => break,
                    '\\' => match characters.next() {
                        Some('\n') => {
                            while characters.peek().is_some_and(|c| c.is_whitespace()) {
                                characters.next();
                            }
                        }
                        Some('n') => literal.push('\n'),
                        Some(c) => literal.push(c),
                        None => break,
                    },
                    c => literal.push(c),
                }
            }
            literals.push(literal);
        }
        before = c;
    }
    literals
}

/// The expressions and the words of a template.
fn taken_apart(template: &str) -> (Vec<String>, String) {
    let mut expressions = Vec::new();
    let mut words = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, at) = rest.split_at(start);
        words.push_str(before);
        let end = match at.as_bytes().get(1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                words.push('{');
                rest = &at[1..];
                continue;
            }
        };
        let (inside, after) = at[2..].split_once(end).expect("a closed expression");
        if end != "#}" {
            expressions.push(inside.to_owned());
        }
        rest = after;
    }
    words.push_str(rest);
    (expressions, words)
}

/// Chinese words shown to people: source and where.
fn spoken() -> BTreeMap<String, String> {
    let mut spoken = BTreeMap::new();
    for (file, text) in files("../web/templates", ".html") {
        for expression in taken_apart(&text).0 {
            for literal in literals(&expression) {
                if is_chinese(&literal) {
                    spoken.insert(literal, file.clone());
                }
            }
        }
    }
    let letters = files("../post/src", ".rs");
    for (file, text) in files("../web/src", ".rs").into_iter().chain(letters) {
        // The API speaks both languages by itself.
        if file.ends_with("/api.rs") {
            continue;
        }
        for literal in literals(&text) {
            // The opinions are kept in the record, whose language is Chinese.
            let is_of_the_record =
                ["情况属实，同意上报。", "经审核，符合条件，同意。"].contains(&literal.as_str());
            if is_chinese(&literal) && !is_of_the_record {
                spoken.insert(literal, file.clone());
            }
        }
    }
    spoken
}

#[test]
fn every_locale_file_is_in_the_list() {
    let mut there: Vec<String> = files("locales/en", ".toml")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let mut listed = ENGLISH_FILES.map(|(_, text)| text.to_owned()).to_vec();
    there.sort();
    listed.sort();
    assert!(
        there == listed,
        "a file of locales/en is not in ENGLISH_FILES"
    );
}

#[test]
fn every_word_of_the_pages_has_its_english() {
    let (english, _) = english();
    let missing: Vec<String> = spoken()
        .into_iter()
        .filter(|(word, _)| !english.contains_key(word))
        .map(|(word, file)| {
            format!(
                "{}: {word}",
                file.rsplit("/crates/web/").next().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "{}", missing.join("\n"));
}

#[test]
fn no_english_word_is_left_over_or_given_twice() {
    let (english, quarrels) = english();
    assert_eq!(quarrels, Vec::<String>::new());
    let mut used: BTreeSet<String> = spoken().into_keys().collect();
    // Words of states, kinds and roles are given by the layers below and shown through `t()`.
    for (_, text) in files("../domain/src", ".rs")
        .into_iter()
        .chain(files("../app/src", ".rs"))
        .chain(files("../standard/src/programme", ".rs"))
        .chain(files("../standard/src", "subsidy.rs"))
        .chain(files("../documents/src/paper", "kind.rs"))
    {
        used.extend(literals(&text));
    }
    let unused: Vec<&String> = english
        .keys()
        .filter(|word| !used.contains(*word))
        .collect();
    assert_eq!(unused, Vec::<&String>::new());
}

/// English has the places of the Chinese sentence, and a word has both forms only after the number that it goes with.
#[test]
fn english_sentences_have_the_places_of_the_chinese_ones() {
    let (english, _) = english();
    let mut numbers_of_words = 0;
    for (source, word) in &english {
        let places: Vec<&str> = word
            .split('{')
            .skip(1)
            .map(|part| part.split_once('}').expect("a place ends").0)
            .collect();
        let (forms, filled): (Vec<&str>, Vec<&str>) =
            places.iter().partition(|place| place.contains('|'));
        assert!(filled.iter().all(|place| place.is_empty()), "{word}");
        assert_eq!(filled.len(), source.matches("{}").count(), "{word}");
        assert!(
            !places.first().is_some_and(|place| place.contains('|')),
            "{word}"
        );
        numbers_of_words += forms.len();
    }
    assert!(numbers_of_words > 40, "{numbers_of_words}");
}

#[test]
fn no_template_has_chinese_words_of_its_own() {
    let mut own = Vec::new();
    for (file, text) in files("../web/templates", ".html") {
        for line in taken_apart(&text).1.lines() {
            // The language switch says each language in itself.
            let line = line.replace(">中文<", "><");
            if is_chinese(&line) {
                own.push(format!(
                    "{}: {}",
                    file.rsplit("/crates/web/").next().unwrap_or_default(),
                    line.trim()
                ));
            }
        }
    }
    assert_eq!(own, Vec::<String>::new(), "{}", own.join("\n"));
}

#[test]
fn the_words_that_the_domain_gives_have_their_english() {
    use jianjia_domain::{
        core::{place::UnitKind, policy::Role},
        office::account::AccountState,
    };
    let (english, _) = english();
    let words = (Role::ALL.into_iter().map(Role::word))
        .chain(UnitKind::ALL.into_iter().map(UnitKind::word))
        .chain([AccountState::Active, AccountState::Locked].map(AccountState::word));
    let missing: Vec<&str> = words.filter(|word| !english.contains_key(*word)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// What a button asks for and what was done are two words in English.
#[test]
fn what_was_done_is_no_order() {
    use jianjia_domain::round::{application::EventAct, review::Outcome};
    use jianjia_words::t;
    let told = (EventAct::ALL.iter().map(|act| act.word()))
        .chain(Outcome::ALL.iter().map(|outcome| outcome.word()));
    let told = told.map(|word| t(jianjia_standard::Lang::En, word));
    let told: Vec<&str> = told.collect();
    assert_eq!(
        told,
        [
            "Drafted",
            "Submitted",
            "Withdrawn",
            "Returned for correction",
            "Submitted again",
            "Endorsed",
            "Recommended",
            "Taken up from the reserves",
            "Recommendation undone",
            "Rejected",
            "Approved and named",
            "Confirmed",
            "Claim rejected",
        ]
    );
}

/// A state stands alone in its tag.
#[test]
fn the_states_of_a_poll_begin_with_a_capital() {
    use jianjia_domain::rating::poll::PollState;
    let small = PollState::ALL
        .iter()
        .map(|state| state.word(jianjia_standard::Lang::En))
        .filter(|word| word.starts_with(char::is_lowercase));
    assert_eq!(small.collect::<Vec<_>>(), Vec::<&str>::new());
}

/// Where templates join two sentences, a space stands between them: Chinese needs none, English does.
#[test]
fn sentences_that_follow_one_another_are_apart() {
    let mut joined = Vec::new();
    for (file, text) in files("../web/templates", ".html") {
        for (place, _) in text.match_indices("。\") }}{{") {
            let line = text[..place].lines().last().unwrap_or_default();
            joined.push(format!("{file}: {line}"));
        }
    }
    assert_eq!(joined, Vec::<String>::new(), "{}", joined.join("\n"));
}

#[test]
fn every_word_of_the_trail_has_its_english() {
    use jianjia_domain::core::audit::{deed::Deed, object::Noun};
    let (english, _) = english();
    let words =
        (Deed::ALL.into_iter().map(Deed::word)).chain(Noun::ALL.into_iter().map(Noun::word));
    let missing: Vec<&str> = words.filter(|word| !english.contains_key(*word)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_kind_of_message_has_its_english() {
    use jianjia_domain::core::message::Kind;
    let (english, _) = english();
    let todos = |kind: Kind| [kind.todo(), kind.todo_by()].into_iter().flatten();
    let words =
        (Kind::ALL.into_iter().map(Kind::word)).chain(Kind::ALL.into_iter().flat_map(todos));
    let missing: Vec<&str> = words.filter(|word| !english.contains_key(*word)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_word_of_the_post_and_of_letters_has_its_english() {
    use jianjia_domain::{
        core::post::{Channel, PostState, Wish},
        office::letter::LetterKind,
    };
    let (english, _) = english();
    let words = (Channel::ALL.into_iter().map(Channel::word))
        .chain(Wish::ALL.into_iter().map(Wish::word))
        .chain(PostState::ALL.into_iter().map(PostState::word))
        .chain(LetterKind::ALL.into_iter().map(LetterKind::word));
    let missing: Vec<&str> = words.filter(|word| !english.contains_key(*word)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// The scan itself finds what it is for.
#[test]
fn the_scan_sees_missing_and_unwrapped_words() {
    let template = "{% if x %}<p>漏了</p>{% endif %}{# 说明 #}{{ frame.t(\"标准\") }}";
    let (expressions, words) = taken_apart(template);
    assert!(is_chinese(&words) && !words.contains("标准") && !words.contains("说明"));
    let found: Vec<String> = expressions
        .iter()
        .flat_map(|expression| literals(expression))
        .collect();
    assert_eq!(found, ["标准"]);
    assert_eq!(
        literals("f(\"引\\\"号\"); // \"注释\"\n\"下一句\""),
        ["引\"号", "下一句"]
    );
}

/// Words that were given up for others, which stand behind them: one word for one thing, and none that office people smile at.
const GIVEN_UP: &[(&str, &str)] = &[
    ("日历", "年度日程"),
    ("创建标准", "建家标准"),
    ("帐号", "账号"),
    ("不办了", "取消"),
    ("不改了", "取消"),
    ("还没有办成", "未能提交，请改正以下内容"),
    ("链尾", "末行校验码"),
    ("同一笔事务", ""),
    ("守住它", "请继续保持"),
    ("活动记录未填", "还没有登记活动"),
    ("标准怎么说", "标准原文"),
    ("退回更正", "退回补正"),
    ("制票", "制作、发放测评票"),
    ("发票清单", "领票登记表"),
    ("先看会怎样", "办理预览"),
    ("勾选的一起办", "批量办理意见"),
    ("所选申报都已办好", ""),
    ("从什么时候起", "到达时间"),
    ("项要看", "条均自报达到，尚未核实"),
    ("其余达到的各条", "其余自报达到的条目"),
    ("不要这份草稿了", "删除草稿"),
    ("现在在 ", "当前环节"),
    ("会怎样", "办理结果"),
    ("一步一步来", "办理步骤"),
    ("做好了", "已完成"),
    ("去办", "办理"),
    ("佐证", "材料"),
    ("会员测评", "会员民主测评"),
];

#[test]
fn words_given_up_stand_nowhere() {
    let mut found = Vec::new();
    let folders = [
        ("../web/templates", ".html"),
        ("../web/src", ".rs"),
        ("../app/src", ".rs"),
        ("../domain/src", ".rs"),
        ("../standard/src", ".rs"),
        ("../demo/src", ".rs"),
        ("../cli/src", ".rs"),
        ("locales", ".toml"),
        ("../../standards", ".toml"),
    ];
    for (folder, ending) in folders {
        for (file, text) in files(folder, ending) {
            for (word, better) in GIVEN_UP {
                if text.contains(word) {
                    found.push(format!("{file}: {word} is now {better}"));
                }
            }
        }
    }
    assert_eq!(found, Vec::<String>::new(), "{}", found.join("\n"));
}
