//! The closed lists of the national collection form: words of a unit record that are kept by key.

use jianjia_standard::Lang;

use crate::core::width::narrow;

/// One value of a list: the key that is stored, and the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

impl Code {
    pub fn word(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

/// The code with this key.
pub fn of_key(list: &'static [Code], key: &str) -> Option<&'static Code> {
    list.iter().find(|code| code.key == key)
}

/// The words of a stored key; the key itself if the list has dropped it.
pub fn word_of<'a>(list: &'static [Code], key: &'a str, lang: Lang) -> &'a str {
    of_key(list, key).map_or(key, |code| code.word(lang))
}

/// The code that a person or a sheet means: by key, Chinese or English words, or `C 制造业` with the key before the words.
pub fn read(list: &'static [Code], text: &str) -> Option<&'static Code> {
    let text = plain(text);
    list.iter().find(|code| {
        [code.key, code.zh, code.en]
            .iter()
            .any(|known| plain(known) == text)
            || plain(&format!("{}{}", code.key, code.zh)) == text
    })
}

fn plain(text: &str) -> String {
    narrow(text)
        .chars()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

const fn code(key: &'static str, zh: &'static str, en: &'static str) -> Code {
    Code { key, zh, en }
}

/// How a union is organised.
pub const FORMS: &[Code] = &[
    code("independent", "单独基层工会", "Independent"),
    code("joint", "联合基层工会", "Joint"),
    code("federation", "工会联合会", "Federation"),
    code("industry", "产业工会", "Industry union"),
    code("general", "总工会", "General union"),
];

/// The employer as the programme's standard sorts it (clause A1).
pub const EMPLOYERS: &[Code] = &[
    code("enterprise", "企业", "Enterprise"),
    code(
        "institution-as-enterprise",
        "实行企业化管理的事业单位",
        "Institution run as an enterprise",
    ),
    code("institution", "事业单位", "Public institution"),
    code("organ", "机关", "Government organ"),
    code("social", "社会组织", "Social organisation"),
];

/// The nature of the employer, 20 values.
pub const NATURES: &[Code] = &[
    code("enterprise", "企业", "Enterprise"),
    code("public-institution", "事业单位", "Public institution"),
    code(
        "institution-as-enterprise",
        "实行企业化管理的事业单位",
        "Public institution run as an enterprise",
    ),
    code("party-organ", "党的机关", "Party organ"),
    code("government-organ", "行政机关", "Administrative organ"),
    code("congress-organ", "人大机关", "People's congress organ"),
    code(
        "consultative-organ",
        "政协机关",
        "Consultative conference organ",
    ),
    code("supervision-organ", "监察机关", "Supervision organ"),
    code("judicial-organ", "审判、检察机关", "Court or procuratorate"),
    code("democratic-party", "民主党派机关", "Democratic party organ"),
    code("mass-organisation", "群众团体", "Mass organisation"),
    code("social-organisation", "社会团体", "Social organisation"),
    code(
        "private-non-enterprise",
        "民办非企业单位（社会服务机构）",
        "Private non-enterprise unit",
    ),
    code("foundation", "基金会", "Foundation"),
    code(
        "law-firm",
        "律师、会计师事务所等合伙机构",
        "Law, accounting and other partnership firm",
    ),
    code("individual-business", "个体工商户", "Individual business"),
    code(
        "farmers-cooperative",
        "农民专业合作社",
        "Farmers' cooperative",
    ),
    code("residents-committee", "居民委员会", "Residents' committee"),
    code("villagers-committee", "村民委员会", "Villagers' committee"),
    code("other", "其他", "Other"),
];

/// The economic type of the employer, nine values.
pub const ECONOMIC_TYPES: &[Code] = &[
    code("state-owned", "国有", "State-owned"),
    code("collective", "集体", "Collective"),
    code("share-cooperative", "股份合作", "Share cooperative"),
    code("joint-operation", "联营", "Joint operation"),
    code("limited", "有限责任公司", "Limited liability company"),
    code("share-limited", "股份有限公司", "Company limited by shares"),
    code("private", "私营", "Private"),
    code(
        "hmt-invested",
        "港澳台商投资",
        "Invested from Hong Kong, Macao or Taiwan",
    ),
    code("foreign-invested", "外商投资", "Foreign-invested"),
];

/// GB/T 4754, sections A to T.
pub const INDUSTRIES: &[Code] = &[
    code(
        "A",
        "农、林、牧、渔业",
        "Agriculture, forestry, animal husbandry and fishery",
    ),
    code("B", "采矿业", "Mining"),
    code("C", "制造业", "Manufacturing"),
    code(
        "D",
        "电力、热力、燃气及水生产和供应业",
        "Electricity, heat, gas and water",
    ),
    code("E", "建筑业", "Construction"),
    code("F", "批发和零售业", "Wholesale and retail"),
    code("G", "交通运输、仓储和邮政业", "Transport, storage and post"),
    code("H", "住宿和餐饮业", "Accommodation and catering"),
    code(
        "I",
        "信息传输、软件和信息技术服务业",
        "Information transmission, software and IT",
    ),
    code("J", "金融业", "Finance"),
    code("K", "房地产业", "Real estate"),
    code("L", "租赁和商务服务业", "Leasing and business services"),
    code(
        "M",
        "科学研究和技术服务业",
        "Research and technical services",
    ),
    code(
        "N",
        "水利、环境和公共设施管理业",
        "Water, environment and public facilities",
    ),
    code(
        "O",
        "居民服务、修理和其他服务业",
        "Household, repair and other services",
    ),
    code("P", "教育", "Education"),
    code("Q", "卫生和社会工作", "Health and social work"),
    code(
        "R",
        "文化、体育和娱乐业",
        "Culture, sports and entertainment",
    ),
    code(
        "S",
        "公共管理、社会保障和社会组织",
        "Public administration and social organisations",
    ),
    code("T", "国际组织", "International organisations"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_have_the_lengths_of_the_form_and_every_word_is_read_back() {
        let lists = [FORMS, EMPLOYERS, NATURES, ECONOMIC_TYPES, INDUSTRIES];
        assert_eq!(lists.map(<[Code]>::len), [5, 5, 20, 9, 20]);
        for list in lists {
            for code in list {
                for text in [
                    code.key,
                    code.zh,
                    code.en,
                    &format!(" {} {} ", code.key, code.zh),
                ] {
                    assert_eq!(read(list, text), Some(code), "{text}");
                }
            }
        }
        assert_eq!(
            read(INDUSTRIES, "ｃ　制造业").map(|code| code.key),
            Some("C")
        );
        assert_eq!(read(INDUSTRIES, "制造"), None);
    }
}
