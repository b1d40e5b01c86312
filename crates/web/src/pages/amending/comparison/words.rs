//! What a standard's file calls its parts and fields, in words.

/// The word of a part; empty where it has none.
pub(super) fn part(key: &str) -> &'static str {
    match key {
        "" | "key" => "对比|标准代号",
        "programme" => "对比|方案",
        "parameter" => "对比|规定的数",
        "tier" => "对比|级别",
        "title" => "对比|称号",
        "criterion" => "对比|标准条目",
        "rating" => "对比|民主测评",
        "activity_kind" => "对比|活动类别",
        "veto" => "对比|一票否决",
        "department" => "对比|部门",
        "equivalence" => "对比|原有荣誉",
        "calendar" => "对比|年度日程",
        "reminder" => "对比|提醒",
        "working_days" => "对比|工作日",
        "review" => "对比|审核",
        "publication" => "对比|公示",
        "spot_check" => "对比|抽查",
        "visit" => "对比|抽查结果",
        "route" => "对比|审核程序",
        "apportionment" => "对比|名额测算",
        "property" => "对比|候选情况",
        "structure" => "对比|名单结构",
        "target" => "对比|目标",
        "reward" => "对比|奖励与待遇",
        "support" => "对比|组织保障",
        "clause" => "对比|其他条款",
        "tables" => "对比|表格的读法",
        "divisions" => "对比|行政区划",
        "sharing" => "对比|经验交流",
        "size" => "对比|规模分档",
        "tile" => "对比|方格图",
        "subsidy" => "对比|补贴",
        "money" => "对比|经费",
        "purpose" => "对比|经费用途",
        "higher_honour" => "对比|更高荣誉",
        "xray" => "对比|数据体检规则",
        "facts.group" => "对比|年度表分组",
        "facts.fact" => "对比|年度表问题",
        _ => "",
    }
}

/// The word of a field; empty where it has none.
pub(super) fn field(key: &str) -> &'static str {
    match key {
        "key" => "对比|代号",
        "name" | "names" => "对比|名称",
        "text" => "对比|条文",
        "check" => "对比|要求",
        "at_least" => "对比|不低于",
        "at_most" => "对比|不高于",
        "ratio" => "对比|比率",
        "count" => "对比|数量",
        "fact" => "对比|问题",
        "parameter" => "对比|规定的数",
        "values" | "value" => "对比|数值",
        "from" => "对比|起",
        "to" => "对比|止",
        "kinds" => "对比|适用单位",
        "employers" => "对比|适用用人单位",
        "criteria" => "对比|标准条目",
        "clause" | "clauses" => "对比|条款",
        "titles" | "title" => "对比|称号",
        "tier" => "对比|级别",
        "ladder" => "对比|系列",
        "below" => "对比|在此基础上",
        "needs_below" => "对比|须先获得下一级",
        "barred_by_vetoes" => "对比|有否决情形不得申报",
        "number_format" => "对比|编号格式",
        "looked_at_every" => "对比|几年复核一次",
        "slogan" => "对比|简称",
        "summary" => "对比|概述",
        "notes" | "note" => "对比|说明",
        "source" => "对比|出处",
        "group" => "对比|组别",
        "verify" => "对比|怎样核实",
        "advice" => "对比|没达到怎么办",
        "mendable" => "对比|能否整改",
        "activities" => "对比|活动",
        "every" => "对比|周期",
        "periods" => "对比|周期数",
        "rating" => "对比|满意度",
        "level" => "对比|等级",
        "subordinates" => "对比|下属工会",
        "term" => "对比|任期",
        "formula" => "对比|算法",
        "counts" => "对比|计入",
        "of" => "对比|分母",
        "quorum" => "对比|有效比例",
        "all" => "对比|同时满足",
        "any" => "对比|满足其一",
        "document_number" => "对比|文号",
        "issued_on" => "对比|印发日期",
        "first_year" => "对比|第一个年度",
        "last_year" => "对比|最后一个年度",
        "approving_body" => "对比|批准机关",
        "declaration" => "对比|申报期",
        "examination" => "对比|审核期",
        "commendation" => "对比|命名表彰期",
        "steps" => "对比|步骤",
        "act" => "对比|事项",
        "at" => "对比|由谁办",
        "days" => "对比|天数",
        "working_days" => "对比|工作日",
        "years_back" => "对比|回看年数",
        "by" => "对比|到期日",
        "share" => "对比|占比",
        "subsidy_change" => "对比|补贴增减",
        "divisions" | "division" => "对比|行政区划",
        "question" => "对比|问法",
        "hint" => "对比|填写提示",
        "ask_kinds" => "对比|问哪些单位",
        "words" => "对比|别的叫法",
        "year" => "对比|年度",
        "legal_basis" => "对比|依据",
        "barred_posts" => "对比|不得申报的职务",
        "needs_union_title" => "对比|所在单位须有的称号",
        "needs_union_title_clause" => "对比|所在单位须有称号的条款",
        "given_until" => "对比|授予截止年度",
        "unit" => "对比|本单位",
        "city" => "对比|全市",
        "sizes" => "对比|规模分档",
        "remind_days" => "对比|提前几天提醒",
        "up_to" => "对比|上限",
        "column" => "对比|列",
        "row" => "对比|行",
        "scheme" => "对比|补贴办法",
        "base" => "对比|基数",
        "part_year" => "对比|不满一年的",
        "both" => "对比|又增又减的",
        "rounding" => "对比|取整",
        "how" => "对比|取整办法",
        "effects" => "对比|增减事项",
        "event" => "对比|事由",
        "change" => "对比|增减多少",
        "counts_from" => "对比|从何时算起",
        "ends" => "对比|到何时为止",
        "lasts_years" => "对比|持续年数",
        "each" => "对比|每人",
        "least" => "对比|最少",
        "most" => "对比|最多",
        "voucher" => "对比|要有凭证",
        "over" => "对比|超支的",
        "left" => "对比|结余的",
        "requires" => "对比|须有的称号",
        "order" => "对比|排序",
        "barred_by" => "对比|不得推荐的情形",
        "kind" => "对比|类型",
        "factor" => "对比|倍数",
        "above" => "对比|上级区划",
        "acts" => "对比|各步期限",
        "against" => "对比|对照的称号",
        "announced" => "对比|事先通知",
        "ask_when" => "对比|什么情况才问",
        "asked" => "对比|要公示",
        "ballot" => "对比|测评票",
        "before" => "对比|提前几个工作日",
        "blank" => "对比|空白票算作",
        "cast" => "对比|计入投票数的",
        "changes_yearly" => "对比|每年会变",
        "choices" => "对比|选项",
        "classes" => "对比|风险等级",
        "codes" => "对比|代码",
        "colour" => "对比|颜色",
        "colours" => "对比|颜色怎样定",
        "counted_from" => "对比|候选几个起才看",
        "cycle" => "对比|评选周期",
        "days_to_answer" => "对比|几个工作日内答复",
        "days_to_reply" => "对比|几个工作日内申辩",
        "decide" => "对比|评定的期限",
        "decides" => "对比|决定满意度",
        "distance" => "对比|照片最多差几位",
        "each_leader" => "对比|班子成员逐个测评",
        "effect" => "对比|对应的待遇条款",
        "every_years" => "对比|几年抽一遍",
        "evidence" => "对比|要附材料",
        "facts" => "对比|看哪些数",
        "far_from_last_year" => "对比|和上年差几个百分点要提醒",
        "fewest" => "对比|同类最少几家",
        "fewest_shown" => "对比|最少几份才公布",
        "footers" => "对比|表尾的写法",
        "former" => "对比|撤并前的区划",
        "gathering_seconds" => "对比|选票集中入箱的秒数",
        "grade" => "对比|选项分档",
        "headings" => "对比|表头的写法",
        "hearing_days" => "对比|听取意见的工作日",
        "holds" => "对比|不符合时",
        "inspectors" => "对比|检查人数",
        "keys" => "对比|几人一同开箱",
        "known_by" => "对比|凭登记得知",
        "level_words" => "对比|级别的叫法",
        "levels" => "对比|各级",
        "max" => "对比|最大",
        "may_be_rated" => "对比|可以是被测评人",
        "may_differ_by" => "对比|和会员人数最多差",
        "members" => "对比|会员人数取自",
        "mending_days" => "对比|整改天数",
        "min" => "对比|最小",
        "minimum" => "对比|最少抽几家",
        "more" => "对比|差多少的说法",
        "must_be_reconfirmed" => "对比|须经复核",
        "none_is_met" => "对比|没有对象算达到",
        "not_names" => "对比|不是姓名的写法",
        "nothing" => "对比|表示空的写法",
        "object" => "对比|测评对象",
        "office_columns" => "对比|工作机关的列",
        "optional" => "对比|可以没有这一步",
        "otherwise" => "对比|没有时由谁办",
        "own" => "对比|本系统的部门",
        "per" => "对比|按什么平均",
        "phase" => "对比|阶段",
        "plaque_days" => "对比|交回牌匾的天数",
        "property" => "对比|看哪种情况",
        "quota" => "对比|占名额",
        "recheck_days" => "对比|复查天数",
        "recommend" => "对比|推荐的期限",
        "remarks" => "对比|括号里的说明",
        "remind" => "对比|到期前几天催办",
        "resubmit" => "对比|补正再报的期限",
        "review" => "对比|审核的期限",
        "roll" => "对比|应投名册",
        "same_above" => "对比|表示同上的写法",
        "shown" => "对比|列出哪些条款",
        "side" => "对比|哪一方",
        "sign" | "signs" => "对比|风险特征",
        "signatures" => "对比|签字比例",
        "spreads" => "对比|偏离几倍",
        "submit" => "对比|申报的期限",
        "sums" => "对比|取合计的列",
        "takes_days" => "对比|测评要几天",
        "then" => "对比|就要求",
        "tolerance" => "对比|允许误差",
        "totals" => "对比|合计行的写法",
        "unconfirmed" => "对比|没有核实的条目",
        "unconfirmed_working_days" => "对比|异议多久没核实不再等",
        "voters" => "对比|投票范围",
        "weight" => "对比|权重",
        "when" => "对比|条件",
        "withdraw" => "对比|撤回的期限",
        "holds_naming" => "对比|不答复就不命名",
        "line" => "对比|进度线",
        "notice" => "对比|依据的通知",
        "off" => "对比|放假",
        "worked" => "对比|补班",
        "plaque_size" => "对比|牌匾尺寸",
        "provisional" => "对比|暂定",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jianjia_standard::compare::{Said, Texts, compare};

    use super::{field, part};

    /// The fields of a standard's files that have no word. What names one of several, such as a step's act or the number of a list's line, is no field.
    fn wordless(folder: &str) -> BTreeSet<String> {
        let folder = format!("{}/../../standards/{folder}/", env!("CARGO_MANIFEST_DIR"));
        let read = |name: &str| std::fs::read_to_string(format!("{folder}{name}")).unwrap();
        let (standard_toml, facts_toml) = (read("standard.toml"), read("facts.toml"));
        let none = Texts {
            standard_toml: "",
            facts_toml: "",
        };
        let all = Texts {
            standard_toml: &standard_toml,
            facts_toml: &facts_toml,
        };
        let mut found = BTreeSet::new();
        for difference in compare(none, all) {
            if part(&difference.part).is_empty() {
                found.insert(difference.part.clone());
            }
            let said: BTreeSet<(&str, &str)> = difference
                .lines
                .iter()
                .filter_map(|line| match &line.is {
                    Some(Said::Plain(said)) => Some((line.path.as_str(), said.as_str())),
                    _ => None,
                })
                .collect();
            for line in &difference.lines {
                let mut before = "";
                for name in line.path.split('.') {
                    let is_number = name.bytes().all(|sign| sign.is_ascii_digit());
                    if field(name).is_empty() && !is_number && !said.contains(&(before, name)) {
                        found.insert(format!("{} {}", difference.part, line.path));
                    }
                    let gone = before.len() + name.len() + usize::from(!before.is_empty());
                    before = &line.path[..gone];
                }
            }
        }
        found
    }

    #[test]
    fn every_field_of_the_standards_has_a_word() {
        for folder in ["changzhou-2016", "changzhou-2021", "starter-2026"] {
            assert_eq!(wordless(folder), BTreeSet::new(), "{folder}");
        }
    }
}
