"""The words overviews are written in: labels, platforms, regions, genres and the small words of an availability row."""

# Phrases that advertisements are bought for and no reader misses; until the author writes another list.
FILLER = (
    "credit card rewards",
    "cash back rewards",
    "travel insurance",
    "mortgage rates",
    "debt consolidation",
    "home theater system",
    "home theatre system",
    "4K TV deals",
    "smart TV deals",
    "best streaming service",
    "best streaming services",
    "streaming deals",
    "best VPN",
    "VPN for streaming",
    "unlimited data plan",
    "high-speed internet plan",
    "identity theft protection",
    "online degree",
    "meal delivery service",
    "limited-time offer",
    "sign up today",
    "buy now",
)


def _table(lines: str) -> dict[str, tuple[str, ...]]:
    """Read "key: name, name" lines; a key may go on in a second line."""
    table: dict[str, tuple[str, ...]] = {}
    for line in lines.strip().splitlines():
        key, _, names = line.partition(":")
        table[key] = table.get(key, ()) + tuple(name.strip() for name in names.split(",") if name.strip())
    return table


# The keys are the values of overview.Field; labels are compared without case, spaces, hyphens and punctuation.
LABELS = _table("""
title: title, work title, english title, name, drama, drama title, movie, movie title, film, film title
title: 제목, 작품명, 작품, 영어 제목
native title: native title, hangul title, hangul, korean title, original title, 한글 제목, 한국어 제목, 원제, 원제목
other title: also known as, aka, other title, other titles, alternative title, alternative titles, alternate title
other title: alternate titles, other name, other names, working title, romanized title, romanised title, romanization
other title: romanisation, literal title, 다른 제목, 가제
year: year, release year, year of release, released, release, release date, aired, air date, original air date
year: broadcast, broadcast period, broadcast year, premiere, premiered, premiere date, first aired
year: 연도, 년도, 개봉, 개봉일, 개봉 연도, 개봉 년도, 방영, 방영일, 방영 기간, 방영 연도
year: 방송, 방송 기간, 공개, 공개일, 제작 연도
genre: genre, genres, 장르
cast: cast, main cast, starring, stars, lead cast, leads, leading cast, main actors, actors, supporting cast, featuring
cast: cast members, key cast, main leads, 출연, 출연진, 주연, 조연, 배우, 캐스트, 주요 출연진
director: director, directors, directed by, directed, direction, pd, 감독, 연출, 연출자
writer: writer, writers, written by, written, screenwriter, screenwriters, screenplay, screenplay by, script
writer: scriptwriter, author, 작가, 각본, 극본, 각본가, 대본
episodes: episodes, episode, number of episodes, no. of episodes, episode count, total episodes, eps
episodes: 회차, 부작, 에피소드, 횟수, 총 회차, 편수, 회수
running time: running time, runtime, duration, length, episode length, episode duration
running time: 상영 시간, 러닝타임, 방영 시간, 재생 시간, 길이
platform: platform, platforms, streaming platform, streaming platforms, streaming, streaming on, streaming service
platform: streaming services, stream on, stream, where to watch, where to stream, watch on, watch, available on
platform: available, availability, streaming availability, ott, ott platform, ott platforms
platform: 시청, 시청 가능, 스트리밍, 플랫폼, 시청 플랫폼, 스트리밍 플랫폼, 볼 수 있는 곳, 보는 곳, 시청처, 다시보기
""")

# A platform's own spelling, and other ways of writing it.
PLATFORMS = _table("""
Netflix: 넷플릭스
Viki: Rakuten Viki, Viki Rakuten, Viki.com, Viki Pass, 비키
Disney+: Disney Plus, DisneyPlus, Disney, Disney+ Hotstar, 디즈니+, 디즈니플러스, 디즈니 플러스
Hulu: 훌루
Kocowa: Kocowa+, Kocowa Plus, 코코와
Apple TV: Apple TV+, Apple TV Plus, AppleTV, AppleTV+, iTunes, 애플 TV, 애플TV
Prime Video: Amazon Prime Video, Amazon Prime, Amazon Video, Amazon, 프라임 비디오, 아마존 프라임
MUBI:
Tving: 티빙
Wavve: 웨이브
Coupang Play: CoupangPlay, 쿠팡플레이, 쿠팡 플레이
Watcha: 왓챠, 왓차
YouTube: YouTube Movies, YouTube TV, 유튜브
Max: HBO Max, HBO
Google Play: Google Play Movies, Google TV, 구글 플레이
Paramount+: Paramount Plus
Peacock:
Tubi: Tubi TV
Pluto TV:
Plex:
Roku: The Roku Channel, Roku Channel
Kanopy:
Hoopla:
Crunchyroll:
Shudder:
Fandango at Home: Vudu, Fandango
Hi-YAH!: Hi-YAH, HiYAH
OnDemandKorea: OnDemand Korea, On Demand Korea
AsianCrush: Asian Crush
Viu:
iQIYI: iQ.com, 아이치이
WeTV:
U-NEXT: UNEXT
Abema: AbemaTV
BBC iPlayer: iPlayer
Channel 4: All 4
Naver TV: 네이버TV, 네이버 TV, 시리즈온, 네이버 시리즈온
Laftel: 라프텔
""")

WORLD = "WORLD"
SOME = "SOME"

# ISO 3166 codes and names, the first as it reads after "in"; a code itself is understood in capitals only.
REGIONS = _table("""
WORLD: worldwide, world-wide, globally, global, all regions, all countries, everywhere, around the world
WORLD: 전 세계, 전세계
SOME: some countries, some regions, select regions, selected regions, select countries, selected countries
SOME: certain regions, certain countries, many regions, many countries, select territories, 일부 국가, 일부 지역
US: the United States, the United States of America, the U.S., the U.S.A., the U.S, the USA, America, the States, 미국
GB: the United Kingdom, the U.K., the U.K, the UK, Britain, Great Britain, England, 영국
KR: South Korea, Korea, the Republic of Korea, S. Korea, 한국, 대한민국, 국내
CA: Canada, 캐나다
AU: Australia, 호주
NZ: New Zealand, 뉴질랜드
IE: Ireland, 아일랜드
JP: Japan, 일본
CN: China, mainland China, 중국
TW: Taiwan, 대만
HK: Hong Kong, 홍콩
MO: Macau, Macao, 마카오
SG: Singapore, 싱가포르
MY: Malaysia, 말레이시아
ID: Indonesia, 인도네시아
PH: the Philippines, 필리핀
TH: Thailand, 태국
VN: Vietnam, Viet Nam, 베트남
MM: Myanmar, 미얀마
KH: Cambodia, 캄보디아
LA: Laos, 라오스
BN: Brunei, 브루나이
MN: Mongolia, 몽골
IN: India, 인도
PK: Pakistan, 파키스탄
BD: Bangladesh, 방글라데시
LK: Sri Lanka, 스리랑카
NP: Nepal, 네팔
KZ: Kazakhstan, 카자흐스탄
DE: Germany, 독일
AT: Austria, 오스트리아
CH: Switzerland, 스위스
FR: France, 프랑스
ES: Spain, 스페인
PT: Portugal, 포르투갈
IT: Italy, 이탈리아
NL: the Netherlands, Holland, 네덜란드
BE: Belgium, 벨기에
LU: Luxembourg, 룩셈부르크
DK: Denmark, 덴마크
SE: Sweden, 스웨덴
NO: Norway, 노르웨이
FI: Finland, 핀란드
IS: Iceland, 아이슬란드
PL: Poland, 폴란드
CZ: Czechia, the Czech Republic, 체코
SK: Slovakia, 슬로바키아
HU: Hungary, 헝가리
RO: Romania, 루마니아
BG: Bulgaria, 불가리아
GR: Greece, 그리스
TR: Turkey, Türkiye, 튀르키예
UA: Ukraine, 우크라이나
RU: Russia, 러시아
MX: Mexico, 멕시코
BR: Brazil, 브라질
AR: Argentina, 아르헨티나
CL: Chile, 칠레
CO: Colombia, 콜롬비아
PE: Peru, 페루
ZA: South Africa, 남아프리카 공화국
EG: Egypt, 이집트
NG: Nigeria, 나이지리아
KE: Kenya, 케냐
MA: Morocco, 모로코
AE: the United Arab Emirates, the UAE, 아랍에미리트
SA: Saudi Arabia, 사우디아라비아
IL: Israel, 이스라엘
QA: Qatar, 카타르
""")

OFFERS = _table("""
subscription: subscription, subscribers, by subscription, with a subscription, with subscription, 구독
free: free, for free, free with ads, with ads, ad-supported, 무료
rent: rent, rental, rentals, to rent, for rent, 대여
buy: buy, purchase, to buy, for purchase, for sale, 구매, 소장
cinema: cinema, cinemas, theater, theaters, theatre, theatres, theatrical release, 극장, 영화관, 상영 중
""")

STATUSES = _table("""
available: available, 시청 가능, 가능
not available: not, not available, isn't, is not, aren't, are not, unavailable, nowhere
not available: 없음, 불가, 시청 불가, 볼 수 없음
left: no longer, not anymore, left, has left, removed from, formerly, previously, was on, 종료, 서비스 종료
unknown: coming soon, coming to, upcoming, expected, soon, will be, may be, might be, 예정, 공개 예정
""")

# The small words of an availability row, by what they do:
# checked: the date beside one of these, or alone in parentheses, is the day of the check;
# held: said again by an entry's own fields; passing: understood but lost, so the value becomes the note;
# doubtful: makes what stands beside it no fact, even in parentheses; no name: in capitals, but names no platform;
# nothing, none, not yet: a whole value that is no answer.
WORDS = _table("""
checked: checked on, checked, last checked, as of, as at, verified, last verified, confirmed, 확인, 기준
held: on, in, the, a, to, at, for, is, only, 에서
passing: currently, now, right now, at the moment, streaming, streams, stream, streamed, watch, watch it, can be, can
passing: be, are, it, you, via, through, exclusively, exclusive, with, of, this, film, movie, drama, series, show
passing: all episodes, both, also, either, any, by, found, app, bundle, still, original, legally, officially, within
passing: across, viewers, subtitles, english subtitles, platform, platforms, streaming platforms, major, service
passing: services, updated, last, yet, not only, not checked, not yet checked, unchecked, 스트리밍, 에서만
nothing: -, –, —, n/a, na, not applicable, 해당 없음
none: none, nil, 없음
not yet: tba, tbd, tbc, unknown, to be announced, to be confirmed, not known, ?, 미정, 미확인
doubtful: no, yes, except, excluding, outside, beyond, until, till, from, since, starting
no name: various, varies, multiple, several, many, others, other, more, etc, limited, check, see
""")

# What stands in parentheses beside an actor without being another name, and what ends a list without being a name.
NOT_ALIASES = _table("""
note: guest, guest role, cameo, special appearance, voice, narrator, supporting, lead, main, support role, main role
rest: more, others, etc, et al, among others, and more, and others, 외, 등
""")

# Words of a genre phrase, spaces for hyphens; a word in two rows counts under both.
GENRES = _table("""
Romance: romance, romances, romantic, love story, romcom, rom com, 로맨스, 로맨틱, 로코
Comedy: comedy, comedies, comic, comedic, sitcom, parody, farce, romcom, rom com, dramedy
Comedy: 코미디, 코믹, 시트콤, 로코
Satire: satire, satires, satirical, 풍자
Musical: musical, musicals, 뮤지컬
Music: music, idol, k pop, kpop, 음악, 아이돌
Melodrama: melodrama, melodramas, melodramatic, tearjerker, 멜로드라마, 멜로, 신파
Drama: drama, dramas, dramatic, k drama, dramedy, 드라마
Thriller: thriller, thrillers, suspense, 스릴러, 서스펜스
Mystery: mystery, mysteries, whodunit, whodunnit, detective, 미스터리, 추리
Crime: crime, criminal, gangster, heist, noir, true crime, police, procedural, 범죄, 느와르, 누아르, 수사, 형사
Historical: historical, history, sageuk, saguk, period, joseon, costume, 사극, 역사, 시대극
Fantasy: fantasy, fantastical, fairy tale, 판타지
Supernatural: supernatural, paranormal, ghost, occult, 초자연, 오컬트
Horror: horror, zombie, slasher, 호러, 공포, 좀비
Action: action, martial arts, spy, espionage, superhero, 액션, 무협, 첩보
Adventure: adventure, adventures, caper, 모험, 어드벤처
Disaster: disaster, survival, 재난, 생존
Science fiction: science fiction, sci fi, scifi, sf, time travel, dystopian, dystopia, 공상과학
Family: family, 가족
Children: children, children's, kids, 어린이
Animation: animation, animated, anime, 애니메이션
Documentary: documentary, docuseries, 다큐멘터리, 다큐
Biography: biography, biographical, biopic, 전기
Slice of life: slice of life, everyday life, healing, 일상, 일상물, 힐링
Coming of age: coming of age, youth, 청춘, 성장
School: school, high school, campus, college, 학원, 학원물, 학교, 캠퍼스
Medical: medical, hospital, 메디컬, 의학
Legal: legal, law, lawyer, courtroom, 법정, 법조
Workplace: workplace, office, business, corporate, 오피스, 직장
Political: political, politics, 정치
War: war, military, 전쟁, 군대
Sports: sports, sport, 스포츠
Psychological: psychological, 심리
Revenge: revenge, 복수, 복수극
LGBTQ+: lgbtq+, lgbtq, lgbt, queer, bl, gl, boys love, 퀴어
Food: food, cooking, culinary, 요리, 음식
Variety: variety, reality, 예능
Western: western, 서부극
""")
