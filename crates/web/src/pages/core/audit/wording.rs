//! A line of the trail in words: what it is about, where that is shown, and what it says, without ids, JSON or UTC.

use jianjia_app::core::{audit::Named, standard::Standards};
use jianjia_domain::core::{
    audit::{AuditLine, Written, object::Noun},
    policy::Role,
};
use serde_json::Value;

use crate::frame::Frame;

/// What a line is about, as people know it; empty where that is the city or the trail itself.
pub(super) fn object(
    frame: &Frame,
    standards: &Standards,
    line: &AuditLine,
    named: Option<&Named>,
) -> String {
    let title = |key: &str, year: i16| {
        standards.title(year, key).map_or_else(
            || key.to_owned(),
            |title| frame.text(&title.name).to_owned(),
        )
    };
    if let Some(named) = named {
        let year = i16::try_from(named.year).unwrap_or(0);
        return match (named.title.as_str(), year) {
            ("", 0) => named.name.clone(),
            ("", year) => format!("{} {year}", named.name),
            (key, year) => format!("{} · {} {year}", named.name, title(key, year)),
        };
    }
    match &line.noun {
        Written::Known(Noun::Round) => line.noun_id.clone(),
        Written::Known(Noun::Quota | Noun::Recommendation) => {
            let mut parts = line.noun_id.split('/');
            let year: i16 = parts.next().and_then(|year| year.parse().ok()).unwrap_or(0);
            let key = parts.next().unwrap_or_default();
            format!("{} {year}", title(key, year))
        }
        _ => String::new(),
    }
}

/// The page on which it is shown; empty where there is none.
pub(super) fn link(line: &AuditLine) -> String {
    let (Written::Known(noun), id) = (&line.noun, &line.noun_id) else {
        return String::new();
    };
    match noun {
        Noun::Application => format!("/applications/{id}"),
        Noun::Honour => format!("/honours/{id}"),
        Noun::Batch => format!("/honours/batches/{id}"),
        Noun::Unit => format!("/units/{id}"),
        Noun::Veto => format!("/vetoes/{id}"),
        Noun::Poll => format!("/ratings/{id}"),
        Noun::Evidence => format!("/evidence/{id}"),
        Noun::Round => "/rounds".to_owned(),
        Noun::Standard => "/standard".to_owned(),
        Noun::Activity => unit(line, "/activities"),
        Noun::Person | Noun::Election => unit(line, "/people"),
        Noun::Statement => unit(line, ""),
        _ => String::new(),
    }
}

fn unit(line: &AuditLine, page: &str) -> String {
    line.unit_id
        .map_or_else(String::new, |id| format!("/units/{id}{page}"))
}

/// What a line says, each with its word.
pub(super) fn pairs(frame: &Frame, standards: &Standards, detail: &Value) -> Vec<(String, String)> {
    let Value::Object(fields) = detail else {
        return Vec::new();
    };
    fields
        .iter()
        .filter_map(|(key, value)| {
            let words = words(frame, standards, value)?;
            Some((frame.t(word(key)).to_owned(), words))
        })
        .collect()
}

/// A value in words; none where it is an id, or says nothing.
fn words(frame: &Frame, standards: &Standards, value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(true) => Some(frame.t("是").to_owned()),
        Value::Bool(false) => Some(frame.t("否").to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => told(frame, standards, text),
        Value::Array(list) => {
            let each: Vec<String> = list
                .iter()
                .filter_map(|one| words(frame, standards, one))
                .collect();
            match (each.is_empty(), list.is_empty()) {
                (false, _) => Some(each.join(frame.t("、"))),
                // A list of ids: how many.
                (true, false) => Some(list.len().to_string()),
                (true, true) => None,
            }
        }
        Value::Object(_) => {
            let pairs = pairs(frame, standards, value);
            let colon = frame.t("：");
            let pairs: Vec<String> = pairs
                .into_iter()
                .map(|(what, is)| format!("{what}{colon}{is}"))
                .collect();
            (!pairs.is_empty()).then(|| pairs.join(frame.t("，")))
        }
    }
}

fn told(frame: &Frame, standards: &Standards, text: &str) -> Option<String> {
    if text.is_empty() || is_machine_s(text) {
        return None;
    }
    if text.parse::<jiff::Timestamp>().is_ok() {
        return Some(frame.minute(text));
    }
    if text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10 {
        return Some(frame.day(text));
    }
    if let Some(role) = Role::from_key(text) {
        return Some(frame.t_fixed(role.word()).to_owned());
    }
    let years = standards.years();
    let title = years
        .iter()
        .rev()
        .find_map(|year| standards.title(*year, text));
    if let Some(title) = title {
        return Some(frame.text(&title.name).to_owned());
    }
    let fact = text.strip_prefix("fact:").unwrap_or(text);
    let standard = years.last().map(|year| standards.of(*year));
    if let Some(fact) = standard.and_then(|standard| standard.fact(fact)) {
        return Some(frame.text(&fact.name).to_owned());
    }
    Some(frame.t(value_word(text)).to_owned())
}

/// An id or a digest, alone or behind a word: nothing that people read.
fn is_machine_s(text: &str) -> bool {
    let last = text.rsplit([':', '/']).next().unwrap_or(text);
    let digits = last.chars().filter(|c| *c != '-');
    let (mut number, mut is_hex) = (0, true);
    for digit in digits {
        number += 1;
        is_hex &= digit.is_ascii_hexdigit();
    }
    is_hex && number >= 32
}

/// The words of values that are keys.
fn value_word(text: &str) -> &str {
    match text {
        "confirmed" => "属实",
        "rejected" => "不认可",
        "active" => "状态|启用",
        "locked" => "状态|已锁定",
        "units" => "工会",
        "unions" => "工会",
        "people" => "工会干部",
        "sheets" => "年度表",
        "titles" => "已有称号",
        "vetoes" => "否决情形",
        "divisions" => "行政区划",
        _ => text,
    }
}

/// The word of a field; a field of another version by its own name.
fn word(key: &str) -> &str {
    match key {
        "act" => "事项",
        "after" => "改后",
        "application" => "申报",
        "batch" => "批次",
        "because" | "reason" => "理由",
        "before" | "was" => "改前",
        "by" | "by_upper" => "由上级",
        "bytes" => "大小（字节）",
        "characters" => "字数",
        "clause" => "条款",
        "clauses" => "条款",
        "consent" => "上级同意",
        "counts" => "票数",
        "document_number" => "文号",
        "event" => "情况",
        "facts" | "fields" | "key" => "题目",
        "file" | "name" => "名称",
        "from" => "从",
        "hash" => "校验码",
        "held_on" => "日期",
        "issued" => "发出",
        "kind" => "类别",
        "left_on" => "离任日期",
        "login" => "登录名",
        "member" | "members" => "成员",
        "moved" => "随同变动",
        "named" => "命名",
        "notices" => "提醒",
        "number" => "编号",
        "of" => "属于",
        "order" => "名次",
        "outcome" => "认定",
        "people" | "person" => "人员",
        "places" => "名额",
        "post" => "职务",
        "proposed" => "提出",
        "proposed_by" => "提出人",
        "record" | "report" | "text" => "内容",
        "replaces" | "replacing" => "替换",
        "request" => "事项单",
        "returned" => "退回名额",
        "role" => "角色",
        "roll" => "应投人数",
        "rows" => "行数",
        "signatures" | "signed" => "签字",
        "slips" => "票数（张）",
        "source" => "来源",
        "spoiled" => "作废",
        "state" => "状态",
        "successor" => "承接单位",
        "target" => "用于",
        "term_years" => "任期（年）",
        "title" => "称号或名称",
        "to" => "到",
        "units" => "单位数",
        "unused" => "未用",
        "upper" => "上级工会",
        "used" => "已用",
        "voters" => "投票人",
        "year" => "年度",
        _ => key,
    }
}

#[cfg(test)]
mod tests {
    use super::is_machine_s;

    #[test]
    fn ids_and_digests_are_told_from_words() {
        for text in [
            "00000000000000000000000000000007",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            "activity:01890a5dac96774bbcceb302099a8057",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ] {
            assert!(is_machine_s(text), "{text}");
        }
        for text in [
            "",
            "M1b",
            "天宁区总工会",
            "2016-10-20",
            "1000000000",
            "deadbeef",
        ] {
            assert!(!is_machine_s(text), "{text}");
        }
    }
}
