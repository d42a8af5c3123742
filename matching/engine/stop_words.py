"""French words that tell nothing of a subject: grammar, questions, and the way in which needs and offers are opened."""

_GRAMMAR = """
au aux avec ce ces cet cette ceci cela ça celui celle ceux celles chez dans de des du dès elle elles en et
eux il ils je la là le les leur leurs lui ma mais me même mêmes mes moi mon ne ni nos notre nôtre nous on or
ou où par pas pour puis qu que qui quoi sa sans se ses si son sur sous ta te tes toi ton tu un une unes uns
vers via voici voilà vos votre vôtre vous à afin ainsi alors après assez aucun aucune aujourd hui auquel
auxquels auxquelles aussi autant autour autre autres autrui avant beaucoup bien car cependant certain
certaine certaines certains chacun chacune chaque ci comme contre concernant davantage dehors déjà depuis
desquels desquelles devant donc dont duquel durant encore enfin ensuite entre environ etc excepté hormis
hors ici jamais jusqu jusque lorsqu lorsque loin lequel laquelle lesquels lesquelles maintenant malgré mieux
moins néanmoins non nul nulle outre parce parfois parmi pendant peu plus plusieurs plutôt presque presqu
près puisqu puisque quant quelconque quelqu quelque quelques quiconque quoiqu quoique rien sauf selon
seulement sinon soit souvent suivant surtout tandis tant tel telle telles tels tout toute toutefois toutes
tous très trop voire vis y d l s t j m n c ai as avons avez ont aie aies ait ayons ayez aient avais avait
avions aviez avaient aurai auras aura aurons aurez auront aurais aurait aurions auriez auraient eu eue eues
eus ayant avoir suis es est sommes êtes sont sois soyons soyez soient étais était étions étiez étaient serai
seras sera serons serez seront serais serait serions seriez seraient étant être fait faire fais font faisant
faites faut fallait peut peuvent peux pouvons pouvez pouvoir pourra pourront pourrait pourraient doit
doivent devez devons devoir devra devront dois va vont vais aller allez
"""

# Quantities are facts of their own: a word for a number in both texts is an accident.
_NUMBERS = """
deux trois quatre cinq six sept huit dix onze douze treize quatorze quinze seize vingt trente quarante cinquante
soixante cent cents mille
"""

_QUESTIONS = "combien comment pourquoi quand quel quelle quelles quels"

_OPENINGS = """
besoin besoins cherche chercher cherchent cherchons recherchent recherchons souhaite souhaitent souhaitons
souhaiter souhaiterions souhaiterait veut veulent voulons voudrait voudrions voudrais aimerait aimerions
aimerais proposons dispose disposons merci bonjour
"""

WORDS = frozenset(f"{_GRAMMAR} {_NUMBERS} {_QUESTIONS} {_OPENINGS}".split())
