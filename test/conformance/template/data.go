package main

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Data is what a template sees as its first dot.
type Data struct {
	KeepalivedGroup *KeepalivedGroup
	Services        []corev1.Service
	KeepalivedPods  []corev1.Pod
	Misc            map[string]string
}

type KeepalivedGroup struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              KeepalivedGroupSpec   `json:"spec,omitempty"`
	Status            KeepalivedGroupStatus `json:"status,omitempty"`
}

func (group *KeepalivedGroup) GetConditions() []metav1.Condition { return group.Status.Conditions }

type KeepalivedGroupSpec struct {
	NodeSelector                  map[string]string `json:"nodeSelector,omitempty"`
	Image                         string            `json:"image,omitempty"`
	Interface                     string            `json:"interface,omitempty"`
	InterfaceFromIP               string            `json:"interfaceFromIP,omitempty"`
	PasswordAuth                  PasswordAuth      `json:"passwordAuth,omitempty"`
	VerbatimConfig                map[string]string `json:"verbatimConfig,omitempty"`
	BlacklistRouterIDs            []int             `json:"blacklistRouterIDs,omitempty"`
	UnicastEnabled                bool              `json:"unicastEnabled,omitempty"`
	DaemonsetPodPriorityClassName string            `json:"daemonsetPodPriorityClassName,omitempty"`
	DaemonsetPodAnnotations       map[string]string `json:"daemonsetPodAnnotations,omitempty"`
}

type PasswordAuth struct {
	SecretRef corev1.LocalObjectReference `json:"secretRef,omitempty"`
	SecretKey string                      `json:"secretKey,omitempty"`
}

type KeepalivedGroupStatus struct {
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	RouterIDs  map[string]int     `json:"routerIDs,omitempty"`
}
