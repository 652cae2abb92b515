/** Made by `go run . schema` in test/conformance/template from k8s.io/api v0.37.2; the notation is said in schema.ts. */
export const KUBERNETES_SCHEMA = `
AWSElasticBlockStoreVolumeSource VolumeID:string FSType:string Partition:int32 ReadOnly:bool
Affinity NodeAffinity:*NodeAffinity PodAffinity:*PodAffinity PodAntiAffinity:*PodAntiAffinity
AppArmorProfile Type:string LocalhostProfile:*string
AzureDiskVolumeSource DiskName:string DataDiskURI:string=diskURI CachingMode:*string FSType:*string ReadOnly:*bool Kind:*string
AzureFileVolumeSource SecretName:string ShareName:string ReadOnly:bool
CSIVolumeSource Driver:string ReadOnly:*bool FSType:*string VolumeAttributes:map[string]string NodePublishSecretRef:*LocalObjectReference
Capabilities Add:[]string Drop:[]string
CephFSVolumeSource Monitors:[]string Path:string User:string SecretFile:string SecretRef:*LocalObjectReference ReadOnly:bool
CinderVolumeSource VolumeID:string FSType:string ReadOnly:bool SecretRef:*LocalObjectReference
ClientIPConfig TimeoutSeconds:*int32
ClusterTrustBundleProjection Name:*string SignerName:*string LabelSelector:*LabelSelector Optional:*bool Path:string User:*int64
Condition Type:string Status:string ObservedGeneration:int64 LastTransitionTime:Time Reason:string Message:string
ConfigMapEnvSource +LocalObjectReference Optional:*bool
ConfigMapKeySelector +LocalObjectReference Key:string Optional:*bool
ConfigMapProjection +LocalObjectReference Items:[]KeyToPath Optional:*bool
ConfigMapVolumeSource +LocalObjectReference Items:[]KeyToPath DefaultMode:*int32 Optional:*bool DefaultUser:*int64
Container Name:string Image:string Command:[]string Args:[]string WorkingDir:string Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:*string RestartPolicyRules:[]ContainerRestartRule VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath:string TerminationMessagePolicy:string ImagePullPolicy:string SecurityContext:*SecurityContext Stdin:bool StdinOnce:bool TTY:bool
ContainerExtendedResourceRequest ContainerName:string ResourceName:string RequestName:string
ContainerPort Name:string HostPort:int32 ContainerPort:int32 Protocol:string HostIP:string
ContainerResizePolicy ResourceName:string RestartPolicy:string
ContainerRestartRule Action:string ExitCodes:*ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes Operator:string Values:[]int32
ContainerState Waiting:*ContainerStateWaiting Running:*ContainerStateRunning Terminated:*ContainerStateTerminated
ContainerStateRunning StartedAt:Time
ContainerStateTerminated ExitCode:int32 Signal:int32 Reason:string Message:string StartedAt:Time FinishedAt:Time ContainerID:string
ContainerStateWaiting Reason:string Message:string
ContainerStatus Name:string State:ContainerState LastTerminationState:ContainerState=lastState Ready:bool RestartCount:int32 Image:string ImageID:string ContainerID:string Started:*bool AllocatedResources:map[string]Quantity Resources:*ResourceRequirements VolumeMounts:[]VolumeMountStatus User:*ContainerUser AllocatedResourcesStatus:[]ResourceStatus StopSignal:*string
ContainerUser Linux:*LinuxContainerUser
DownwardAPIProjection Items:[]DownwardAPIVolumeFile
DownwardAPIVolumeFile Path:string FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector Mode:*int32 User:*int64
DownwardAPIVolumeSource Items:[]DownwardAPIVolumeFile DefaultMode:*int32 DefaultUser:*int64
EmptyDirVolumeSource Medium:string SizeLimit:*Quantity Mode:*int32
EnvFromSource Prefix:string ConfigMapRef:*ConfigMapEnvSource SecretRef:*SecretEnvSource
EnvVar Name:string Value:string ValueFrom:*EnvVarSource
EnvVarSource FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector ConfigMapKeyRef:*ConfigMapKeySelector SecretKeyRef:*SecretKeySelector FileKeyRef:*FileKeySelector
EphemeralContainer +EphemeralContainerCommon TargetContainerName:string
EphemeralContainerCommon Name:string Image:string Command:[]string Args:[]string WorkingDir:string Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:*string RestartPolicyRules:[]ContainerRestartRule VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath:string TerminationMessagePolicy:string ImagePullPolicy:string SecurityContext:*SecurityContext Stdin:bool StdinOnce:bool TTY:bool
EphemeralVolumeSource VolumeClaimTemplate:*PersistentVolumeClaimTemplate
EvictionResponder Name:string Priority:*int32
ExecAction Command:[]string
FCVolumeSource TargetWWNs:[]string Lun:*int32 FSType:string ReadOnly:bool WWIDs:[]string=wwids
FileKeySelector VolumeName:string Path:string Key:string Optional:*bool
FlexVolumeSource Driver:string FSType:string SecretRef:*LocalObjectReference ReadOnly:bool Options:map[string]string
FlockerVolumeSource DatasetName:string DatasetUUID:string
GCEPersistentDiskVolumeSource PDName:string FSType:string Partition:int32 ReadOnly:bool
GRPCAction Port:int32 Service:*string Mode:*string
GitRepoVolumeSource Repository:string Revision:string Directory:string
GlusterfsVolumeSource EndpointsName:string=endpoints Path:string ReadOnly:bool
HTTPGetAction Path:string Port:IntOrString Host:string Scheme:string HTTPHeaders:[]HTTPHeader Protocol:*string
HTTPHeader Name:string Value:string
HostAlias IP:string Hostnames:[]string
HostIP IP:string
HostPathVolumeSource Path:string Type:*string
ISCSIVolumeSource TargetPortal:string IQN:string Lun:int32 ISCSIInterface:string FSType:string ReadOnly:bool Portals:[]string DiscoveryCHAPAuth:bool=chapAuthDiscovery SessionCHAPAuth:bool=chapAuthSession SecretRef:*LocalObjectReference InitiatorName:*string
ImageVolumeSource Reference:string PullPolicy:string
ImageVolumeStatus ImageRef:string
KeyToPath Key:string Path:string Mode:*int32 User:*int64
LabelSelector MatchLabels:map[string]string MatchExpressions:[]LabelSelectorRequirement
LabelSelectorRequirement Key:string Operator:string Values:[]string
Lifecycle PostStart:*LifecycleHandler PreStop:*LifecycleHandler StopSignal:*string
LifecycleHandler Exec:*ExecAction HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction Sleep:*SleepAction
LinuxContainerUser UID:int64 GID:int64 SupplementalGroups:[]int64
LoadBalancerIngress IP:string Hostname:string IPMode:*string Ports:[]PortStatus
LoadBalancerStatus Ingress:[]LoadBalancerIngress
LocalObjectReference Name:string
ManagedFieldsEntry Manager:string Operation:string APIVersion:string Time:*Time FieldsType:string FieldsV1:*FieldsV1 Subresource:string
NFSVolumeSource Server:string Path:string ReadOnly:bool
NodeAffinity RequiredDuringSchedulingIgnoredDuringExecution:*NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm
NodeAllocatableMappedResources Name:string Quantity:*Quantity
NodeAllocatableOverheadResources Name:string PerPod:*Quantity PerContainer:*Quantity
NodeAllocatableResourceClaimStatus ResourceClaimName:string Containers:[]string Mapping:[]NodeAllocatableMappedResources Overhead:[]NodeAllocatableOverheadResources
NodeSelector NodeSelectorTerms:[]NodeSelectorTerm
NodeSelectorRequirement Key:string Operator:string Values:[]string
NodeSelectorTerm MatchExpressions:[]NodeSelectorRequirement MatchFields:[]NodeSelectorRequirement
ObjectFieldSelector APIVersion:string FieldPath:string
ObjectMeta Name:string GenerateName:string Namespace:string SelfLink:string UID:string ResourceVersion:string Generation:int64 CreationTimestamp:Time DeletionTimestamp:*Time DeletionGracePeriodSeconds:*int64 Labels:map[string]string Annotations:map[string]string OwnerReferences:[]OwnerReference Finalizers:[]string ManagedFields:[]ManagedFieldsEntry
OwnerReference APIVersion:string Kind:string Name:string UID:string Controller:*bool BlockOwnerDeletion:*bool
PersistentVolumeClaimSpec AccessModes:[]string Selector:*LabelSelector Resources:VolumeResourceRequirements VolumeName:string StorageClassName:*string VolumeMode:*string DataSource:*TypedLocalObjectReference DataSourceRef:*TypedObjectReference VolumeAttributesClassName:*string
PersistentVolumeClaimTemplate +ObjectMeta=metadata Spec:PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource ClaimName:string ReadOnly:bool
PhotonPersistentDiskVolumeSource PdID:string FSType:string
Pod +TypeMeta +ObjectMeta=metadata Spec:PodSpec Status:PodStatus
PodAffinity RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
PodAffinityTerm LabelSelector:*LabelSelector Namespaces:[]string TopologyKey:string NamespaceSelector:*LabelSelector MatchLabelKeys:[]string MismatchLabelKeys:[]string
PodAntiAffinity RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
PodCertificateProjection SignerName:string KeyType:string MaxExpirationSeconds:*int32 CredentialBundlePath:string KeyPath:string CertificateChainPath:string UserAnnotations:map[string]string User:*int64
PodCondition Type:string ObservedGeneration:int64 Status:string LastProbeTime:Time LastTransitionTime:Time Reason:string Message:string
PodDNSConfig Nameservers:[]string Searches:[]string Options:[]PodDNSConfigOption
PodDNSConfigOption Name:string Value:*string
PodExtendedResourceClaimStatus RequestMappings:[]ContainerExtendedResourceRequest ResourceClaimName:string
PodIP IP:string
PodOS Name:string
PodReadinessGate ConditionType:string
PodResourceClaim Name:string ResourceClaimName:*string ResourceClaimTemplateName:*string
PodResourceClaimStatus Name:string ResourceClaimName:*string
PodSchedulingGate Name:string
PodSchedulingGroup PodGroupName:*string
PodSecurityContext SELinuxOptions:*SELinuxOptions WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*int64 RunAsGroup:*int64 RunAsNonRoot:*bool SupplementalGroups:[]int64 SupplementalGroupsPolicy:*string FSGroup:*int64 Sysctls:[]Sysctl FSGroupChangePolicy:*string SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile SELinuxChangePolicy:*string
PodSpec Volumes:[]Volume InitContainers:[]Container Containers:[]Container EphemeralContainers:[]EphemeralContainer RestartPolicy:string TerminationGracePeriodSeconds:*int64 ActiveDeadlineSeconds:*int64 DNSPolicy:string NodeSelector:map[string]string ServiceAccountName:string DeprecatedServiceAccount:string=serviceAccount AutomountServiceAccountToken:*bool NodeName:string HostNetwork:bool HostPID:bool HostIPC:bool ShareProcessNamespace:*bool SecurityContext:*PodSecurityContext ImagePullSecrets:[]LocalObjectReference Hostname:string Subdomain:string Affinity:*Affinity SchedulerName:string Tolerations:[]Toleration HostAliases:[]HostAlias PriorityClassName:string Priority:*int32 DNSConfig:*PodDNSConfig ReadinessGates:[]PodReadinessGate RuntimeClassName:*string EnableServiceLinks:*bool PreemptionPolicy:*string Overhead:map[string]Quantity TopologySpreadConstraints:[]TopologySpreadConstraint SetHostnameAsFQDN:*bool OS:*PodOS HostUsers:*bool SchedulingGates:[]PodSchedulingGate ResourceClaims:[]PodResourceClaim Resources:*ResourceRequirements HostnameOverride:*string SchedulingGroup:*PodSchedulingGroup EvictionResponders:[]EvictionResponder
PodStatus ObservedGeneration:int64 Phase:string Conditions:[]PodCondition Message:string Reason:string NominatedNodeName:string HostIP:string HostIPs:[]HostIP PodIP:string PodIPs:[]PodIP StartTime:*Time InitContainerStatuses:[]ContainerStatus ContainerStatuses:[]ContainerStatus QOSClass:string EphemeralContainerStatuses:[]ContainerStatus Resize:string ResourceClaimStatuses:[]PodResourceClaimStatus ExtendedResourceClaimStatus:*PodExtendedResourceClaimStatus AllocatedResources:map[string]Quantity Resources:*ResourceRequirements NodeAllocatableResourceClaimStatuses:[]NodeAllocatableResourceClaimStatus VolumeHealth:[]PodVolumeHealth
PodVolumeHealth Name:string HealthConditions:[]VolumeHealthCondition LastTransitionTime:Time
PortStatus Port:int32 Protocol:string Error:*string
PortworxVolumeSource VolumeID:string FSType:string ReadOnly:bool
PreferredSchedulingTerm Weight:int32 Preference:NodeSelectorTerm
Probe +ProbeHandler InitialDelaySeconds:int32 TimeoutSeconds:int32 PeriodSeconds:int32 SuccessThreshold:int32 FailureThreshold:int32 TerminationGracePeriodSeconds:*int64
ProbeHandler Exec:*ExecAction HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction GRPC:*GRPCAction
ProjectedVolumeSource Sources:[]VolumeProjection DefaultMode:*int32 DefaultUser:*int64
QuobyteVolumeSource Registry:string Volume:string ReadOnly:bool User:string Group:string Tenant:string
RBDVolumeSource CephMonitors:[]string=monitors RBDImage:string=image FSType:string RBDPool:string=pool RadosUser:string=user Keyring:string SecretRef:*LocalObjectReference ReadOnly:bool
ResourceClaim Name:string Request:string
ResourceFieldSelector ContainerName:string Resource:string Divisor:Quantity
ResourceHealth ResourceID:string Health:string Message:*string
ResourceRequirements Limits:map[string]Quantity Requests:map[string]Quantity Claims:[]ResourceClaim
ResourceStatus Name:string Resources:[]ResourceHealth
SELinuxOptions User:string Role:string Type:string Level:string
ScaleIOVolumeSource Gateway:string System:string SecretRef:*LocalObjectReference SSLEnabled:bool ProtectionDomain:string StoragePool:string StorageMode:string VolumeName:string FSType:string ReadOnly:bool
SeccompProfile Type:string LocalhostProfile:*string
SecretEnvSource +LocalObjectReference Optional:*bool
SecretKeySelector +LocalObjectReference Key:string Optional:*bool
SecretProjection +LocalObjectReference Items:[]KeyToPath Optional:*bool
SecretVolumeSource SecretName:string Items:[]KeyToPath DefaultMode:*int32 Optional:*bool DefaultUser:*int64
SecurityContext Capabilities:*Capabilities Privileged:*bool SELinuxOptions:*SELinuxOptions WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*int64 RunAsGroup:*int64 RunAsNonRoot:*bool ReadOnlyRootFilesystem:*bool AllowPrivilegeEscalation:*bool ProcMount:*string SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile
Service +TypeMeta +ObjectMeta=metadata Spec:ServiceSpec Status:ServiceStatus
ServiceAccountTokenProjection Audience:string ExpirationSeconds:*int64 Path:string User:*int64
ServicePort Name:string Protocol:string AppProtocol:*string Port:int32 TargetPort:IntOrString NodePort:int32
ServiceSpec Ports:[]ServicePort Selector:map[string]string ClusterIP:string ClusterIPs:[]string Type:string ExternalIPs:[]string SessionAffinity:string LoadBalancerIP:string LoadBalancerSourceRanges:[]string ExternalName:string ExternalTrafficPolicy:string HealthCheckNodePort:int32 PublishNotReadyAddresses:bool SessionAffinityConfig:*SessionAffinityConfig IPFamilies:[]string IPFamilyPolicy:*string AllocateLoadBalancerNodePorts:*bool LoadBalancerClass:*string InternalTrafficPolicy:*string TrafficDistribution:*string
ServiceStatus LoadBalancer:LoadBalancerStatus Conditions:[]Condition
SessionAffinityConfig ClientIP:*ClientIPConfig
SleepAction Seconds:int64
StorageOSVolumeSource VolumeName:string VolumeNamespace:string FSType:string ReadOnly:bool SecretRef:*LocalObjectReference
Sysctl Name:string Value:string
TCPSocketAction Port:IntOrString Host:string
Toleration Key:string Operator:string Value:string Effect:string TolerationSeconds:*int64
TopologySpreadConstraint MaxSkew:int32 TopologyKey:string WhenUnsatisfiable:string LabelSelector:*LabelSelector MinDomains:*int32 NodeAffinityPolicy:*string NodeTaintsPolicy:*string MatchLabelKeys:[]string
TypeMeta Kind:string APIVersion:string
TypedLocalObjectReference APIGroup:*string Kind:string Name:string
TypedObjectReference APIGroup:*string Kind:string Name:string Namespace:*string
Volume Name:string +VolumeSource
VolumeDevice Name:string DevicePath:string
VolumeHealthCondition Status:string Reason:string Message:string
VolumeMount Name:string ReadOnly:bool RecursiveReadOnly:*string MountPath:string SubPath:string MountPropagation:*string SubPathExpr:string BindMountOptions:[]string
VolumeMountStatus Name:string MountPath:string ReadOnly:bool RecursiveReadOnly:*string VolumeStatus:*VolumeStatus
VolumeProjection Secret:*SecretProjection DownwardAPI:*DownwardAPIProjection ConfigMap:*ConfigMapProjection ServiceAccountToken:*ServiceAccountTokenProjection ClusterTrustBundle:*ClusterTrustBundleProjection PodCertificate:*PodCertificateProjection
VolumeResourceRequirements Limits:map[string]Quantity Requests:map[string]Quantity
VolumeSource HostPath:*HostPathVolumeSource EmptyDir:*EmptyDirVolumeSource GCEPersistentDisk:*GCEPersistentDiskVolumeSource AWSElasticBlockStore:*AWSElasticBlockStoreVolumeSource GitRepo:*GitRepoVolumeSource Secret:*SecretVolumeSource NFS:*NFSVolumeSource ISCSI:*ISCSIVolumeSource Glusterfs:*GlusterfsVolumeSource PersistentVolumeClaim:*PersistentVolumeClaimVolumeSource RBD:*RBDVolumeSource FlexVolume:*FlexVolumeSource Cinder:*CinderVolumeSource CephFS:*CephFSVolumeSource=cephfs Flocker:*FlockerVolumeSource DownwardAPI:*DownwardAPIVolumeSource FC:*FCVolumeSource AzureFile:*AzureFileVolumeSource ConfigMap:*ConfigMapVolumeSource VsphereVolume:*VsphereVirtualDiskVolumeSource Quobyte:*QuobyteVolumeSource AzureDisk:*AzureDiskVolumeSource PhotonPersistentDisk:*PhotonPersistentDiskVolumeSource Projected:*ProjectedVolumeSource PortworxVolume:*PortworxVolumeSource ScaleIO:*ScaleIOVolumeSource StorageOS:*StorageOSVolumeSource=storageos CSI:*CSIVolumeSource Ephemeral:*EphemeralVolumeSource Image:*ImageVolumeSource
VolumeStatus Image:*ImageVolumeStatus
VsphereVirtualDiskVolumeSource VolumePath:string FSType:string StoragePolicyName:string StoragePolicyID:string
WeightedPodAffinityTerm Weight:int32 PodAffinityTerm:PodAffinityTerm
WindowsSecurityContextOptions GMSACredentialSpecName:*string GMSACredentialSpec:*string RunAsUserName:*string HostProcess:*bool
`;
