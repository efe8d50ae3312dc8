"""The 36 sleep and circadian features of Lim et al. 2024, of that day and earlier ones only.

Lim, D. et al., "Accurately predicting mood episodes in mood disorder patients using wearable sleep and
circadian rhythm features", npj Digital Medicine 7, 324 (2024), doi 10.1038/s41746-024-01333-z.
"""
